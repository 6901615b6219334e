/** What a cloud may lack, as `ENTRA_CLOUD_LACKS` names it. */
export const CAPABILITIES = [
	'pim-roles',
	'pim-groups',
	'authentication-methods',
	'conditional-access',
	'notifications',
] as const
export type Capability = (typeof CAPABILITIES)[number]

export const CLOUDS = ['global', 'usgov-l4', 'usgov-l5', 'china', 'custom'] as const
export type CloudName = (typeof CLOUDS)[number]

export type Cloud = {
	/** Where tokens are had. */
	authorityHost: string
	graphBaseUrl: string
	/** Azure's Resource Manager. */
	armUrl: string
	lacks: readonly Capability[]
}

/**
 * The clouds with hosts of their own; tokens of one are worth nothing in another. Microsoft Graph's deployments page and
 * the metadata of each cloud, read on 2026-11-22. Every other cloud is `custom` and says itself what it lacks.
 */
export const KNOWN_CLOUDS: Readonly<Record<Exclude<CloudName, 'custom'>, Cloud>> = {
	global: {
		authorityHost: 'https://login.microsoftonline.com',
		graphBaseUrl: 'https://graph.microsoft.com',
		armUrl: 'https://management.azure.com',
		lacks: [],
	},
	'usgov-l4': {
		authorityHost: 'https://login.microsoftonline.us',
		graphBaseUrl: 'https://graph.microsoft.us',
		armUrl: 'https://management.usgovcloudapi.net',
		lacks: [],
	},
	'usgov-l5': {
		authorityHost: 'https://login.microsoftonline.us',
		graphBaseUrl: 'https://dod-graph.microsoft.us',
		armUrl: 'https://management.usgovcloudapi.net',
		lacks: [],
	},
	china: {
		authorityHost: 'https://login.chinacloudapi.cn',
		graphBaseUrl: 'https://microsoftgraph.chinacloudapi.cn',
		armUrl: 'https://management.chinacloudapi.cn',
		lacks: ['authentication-methods'],
	},
}
