import { z } from 'zod'

/** Whether the sandbox may stand in for a tenant: `yes`, `no`, or, where nothing is said, on a trial on one's own machine alone. */
export const sandboxSchema = {
	CHARTERKEEP_SANDBOX: z.enum(['yes', 'no'], 'must be yes or no').optional(),
}

type Settings = {
	CHARTERKEEP_SANDBOX?: 'yes' | 'no' | undefined
	CHARTERKEEP_ORIGIN?: string | undefined
	CHARTERKEEP_CHARTER_FILE?: string | undefined
	CHARTERKEEP_PROCESS?: 'all' | 'web' | 'worker' | undefined
}

/**
 * Why no start may be made with a sandbox in the place of a tenant; null where one may, or a tenant is set. A secret that was lost
 * leaves its setting blank or away, and people would be told of accesses that no tenant ever gave: so whatever looks like more than a
 * trial needs a word for it. `environment` is as it was given, with what is blank in it.
 */
export function sandboxRefusal(
	environment: Readonly<Record<string, string | undefined>>,
	{
		CHARTERKEEP_SANDBOX: said,
		CHARTERKEEP_ORIGIN: origin,
		CHARTERKEEP_CHARTER_FILE: charter,
		CHARTERKEEP_PROCESS: process,
	}: Settings,
	hasTenant: boolean,
): string | null {
	if (hasTenant)
		return said === 'yes'
			? 'CHARTERKEEP_SANDBOX is yes and a tenant is set: take away the one that is not meant. See .env.example.'
			: null
	if (said === 'yes') return null
	const signs = [
		...(said === 'no' ? ['CHARTERKEEP_SANDBOX is no'] : []),
		...(origin !== undefined && !isLoopback(origin)
			? [`CHARTERKEEP_ORIGIN is ${new URL(origin).origin}`]
			: []),
		...Object.entries(environment).flatMap(([name, value]) =>
			name.startsWith('ENTRA_') && value !== undefined
				? [`${name} is ${value.trim() === '' ? 'there and blank' : 'set'}`]
				: [],
		),
		...(charter === undefined ? [] : ['CHARTERKEEP_CHARTER_FILE is set']),
		// A trial is one process; each of several would have a sandbox of its own.
		...(process === 'web' || process === 'worker' ? [`CHARTERKEEP_PROCESS is ${process}`] : []),
	]
	if (signs.length === 0) return null
	return `No tenant is set, so a sandbox on this machine would stand in for Entra ID, and this is no trial: ${signs.join('; ')}. Set ENTRA_TENANT_ID and the settings beside it, or CHARTERKEEP_SANDBOX=yes where the sandbox is meant. See .env.example.`
}

function isLoopback(origin: string): boolean {
	const { hostname } = new URL(origin)
	return (
		hostname === 'localhost' ||
		hostname.endsWith('.localhost') ||
		hostname === '[::1]' ||
		/^127(\.\d{1,3}){3}$/.test(hostname)
	)
}
