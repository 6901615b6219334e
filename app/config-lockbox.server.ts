import { z } from 'zod'
import type { M365Endpoint } from './integrations/lockbox/m365-endpoint.server.ts'

const optional = z
	.string()
	.trim()
	.transform((text) => (text === '' ? undefined : text))
	.optional()

/** The settings by which providers' requests for customer content are read and answered. */
export const lockboxSchema = {
	CHARTERKEEP_LOCKBOX_AZURE: z.enum(['on', 'off'], 'must be on or off').default('off'),
	AZURE_ARM_URL: z.url({ protocol: /^https$/, error: 'must be an https address' }).optional(),
	CHARTERKEEP_LOCKBOX_M365_URL: z.url({ protocol: /^https$/, error: 'must be an https address' }).optional(),
	CHARTERKEEP_LOCKBOX_M365_TOKEN_FILE: optional,
	CHARTERKEEP_LOCKBOX_M365_CA_FILE: optional,
	CHARTERKEEP_LOCKBOX_POLL_SECONDS: z.coerce
		.number('must be a number of seconds')
		.min(5, 'must be 5 seconds or more')
		.max(3600, 'must be 3600 seconds or less')
		.default(60),
}

export type LockboxConfig = {
	/** Null: Azure's requests are recorded and answered by hand. */
	azure: { armUrl: string } | null
	/** Null: Microsoft 365's output is brought in, and its commands are run, by somebody. */
	m365: M365Endpoint | null
	pollMs: number
}

/** The settings in their own form; `refuse` is called with what is wrong with them, and throws. */
export function lockboxOf(
	env: z.infer<z.ZodObject<typeof lockboxSchema>>,
	{
		hasTenant,
		timeoutMs,
		armUrl: ofCloud,
	}: {
		hasTenant: boolean
		timeoutMs: number
		/** The Resource Manager of the cloud; null where it is not known. */
		armUrl: string | null
	},
	fileOf: (setting: string, path: string) => string,
	refuse: (message: string) => never,
): LockboxConfig {
	const { CHARTERKEEP_LOCKBOX_M365_URL: url, CHARTERKEEP_LOCKBOX_M365_TOKEN_FILE: tokenFile } = env
	const isOn = env.CHARTERKEEP_LOCKBOX_AZURE === 'on'
	if (isOn && !hasTenant)
		refuse(
			'CHARTERKEEP_LOCKBOX_AZURE is on, which needs ENTRA_TENANT_ID and the other settings of a tenant: Azure is asked as the same application.',
		)
	if ((url === undefined) !== (tokenFile === undefined))
		refuse(
			'Set CHARTERKEEP_LOCKBOX_M365_URL and CHARTERKEEP_LOCKBOX_M365_TOKEN_FILE together, or neither. See .env.example.',
		)
	const armUrl = env.AZURE_ARM_URL ?? ofCloud
	if (isOn && armUrl === null)
		return refuse(
			'CHARTERKEEP_LOCKBOX_AZURE is on and the cloud is custom: set AZURE_ARM_URL to the address of its Resource Manager.',
		)
	const caFile = env.CHARTERKEEP_LOCKBOX_M365_CA_FILE
	return {
		azure: isOn && armUrl !== null ? { armUrl: new URL(armUrl).origin } : null,
		m365:
			url === undefined || tokenFile === undefined
				? null
				: {
						url,
						token: fileOf('CHARTERKEEP_LOCKBOX_M365_TOKEN_FILE', tokenFile).trim(),
						caPem: caFile === undefined ? null : fileOf('CHARTERKEEP_LOCKBOX_M365_CA_FILE', caFile),
						timeoutMs,
					},
		pollMs: env.CHARTERKEEP_LOCKBOX_POLL_SECONDS * 1000,
	}
}
