import { defineConfig } from 'vitest/config'

const project = (name: string, include: string[], more: object = {}) => ({
	test: {
		name,
		include,
		environment: 'node' as const,
		setupFiles: ['test/setup.ts'],
		// How long something takes is measured by benchmarks; here a wait only ends what would never come.
		expect: { poll: { timeout: 30_000 } },
		...more,
	},
})

/** The product is loaded once by each worker, not anew for every file: that took a third of the time. */
const shared = { isolate: false }

/** Pure code runs by itself; the other projects share one real PostgreSQL that test/global-setup.ts starts. */
export default defineConfig({
	test: {
		// Tests wait for the database more than they work: two at a time, also on a machine with two cores.
		maxWorkers: 2,
		projects: [
			project(
				'unit',
				['test/architecture.test.ts', 'test/workflows/**/*.test.ts', 'test/utils/**/*.test.ts'],
				{
					...shared,
					// A property that takes two seconds by itself takes ten where something else wants the machine.
					testTimeout: 60_000,
				},
			),
			project('db', ['test/db/**/*.test.ts'], {
				...shared,
				globalSetup: ['test/global-setup.ts'],
				testTimeout: 60_000,
				hookTimeout: 60_000,
			}),
			project('app', ['test/app/**/*.test.ts'], {
				...shared,
				globalSetup: ['test/global-setup.ts'],
				testTimeout: 180_000,
				hookTimeout: 60_000,
			}),
			project('e2e', ['test/e2e/**/*.test.ts'], {
				...shared,
				globalSetup: ['test/global-setup.ts', 'test/e2e/build-pages.ts'],
				testTimeout: 300_000,
				hookTimeout: 120_000,
			}),
		],
	},
})
