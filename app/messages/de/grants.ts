import type { grants as english } from '../en/grants.ts'

/** German words: grants. */
export const grants = {
	title: 'Zugriffe jetzt',
	lead: 'Alles, was Entra über Charterkeep führt oder gleich führen wird.',
	empty: 'Niemand hat jetzt über Charterkeep privilegierten Zugriff.',
	ends: 'Endet',
} satisfies Record<keyof typeof english, string>
