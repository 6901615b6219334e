import { loadBuild } from '#app/start.ts'

/** Builds the pages where they are out of date, once: the test files run side by side and must not all begin to. */
export default async function setup(): Promise<void> {
	await loadBuild()
}
