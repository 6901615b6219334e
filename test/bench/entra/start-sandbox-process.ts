import { fork, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import type { TenantConnection } from '#app/integrations/graph/client.server.ts'
import type { SandboxOrder } from './sandbox-process.ts'

/** How the sandbox tenant of a measurement is used. */
export const TENANT = {
	kind: 'sandbox',
	name: 'Bench',
	groups: 'pim',
	timeoutMs: 20_000,
} as const satisfies Partial<TenantConnection>

type Said = {
	connection?: Pick<
		TenantConnection,
		'identity' | 'graphBaseUrl' | 'authorityHost' | 'tenantId' | 'cloud' | 'caPem' | 'lacks' | 'killSwitch'
	>
	refused?: number
	held?: number
	readings?: number
	calls?: number
	cpuSeconds?: number
}

/** Starts the sandbox tenant in a process of its own; it ends with this one. */
export async function startSandboxProcess(order: SandboxOrder) {
	const child: ChildProcess = fork(join(import.meta.dirname, 'sandbox-process.ts'), {
		env: { ...process.env, SANDBOX_ORDER: JSON.stringify(order) },
	})
	const next = () =>
		new Promise<Said>((resolve, reject) => {
			child.once('exit', () => reject(new Error('The sandbox ended.')))
			child.once('message', (said) => resolve(said as Said))
		})
	const { connection } = await next()
	if (connection === undefined) throw new Error('The sandbox did not say how it is reached.')
	return {
		connection,
		forget: () => void child.send('forget'),
		/** Changes so many users, and puts as many others into the first group; a later round takes others. */
		async change(each: number, round: number): Promise<void> {
			const said = next()
			child.send({ each, round })
			await said
		},
		async state(): Promise<Required<Pick<Said, 'refused' | 'held' | 'readings' | 'calls' | 'cpuSeconds'>>> {
			const said = next()
			child.send('state')
			const { refused = NaN, held = NaN, readings = NaN, calls = NaN, cpuSeconds = NaN } = await said
			return { refused, held, readings, calls, cpuSeconds }
		},
		stop: () => void child.disconnect(),
	}
}
