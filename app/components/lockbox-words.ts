import type { Provider } from '#workflows/lockbox/providers.ts'

/** What each provider is called. */
export const PROVIDER_NAMES = {
	azure: 'lockbox.from_azure',
	m365: 'lockbox.from_m365',
	other: 'lockbox.from_others',
} as const satisfies Record<Provider, string>
