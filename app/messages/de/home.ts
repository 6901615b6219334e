import type { home as english } from '../en/home.ts'

/** German words: home. */
export const home = {
	nothing: 'Nichts wartet auf Sie',
	title_one: '{{count}} Antrag braucht Ihre Entscheidung',
	title_other: '{{count}} Anträge brauchen Ihre Entscheidung',
	own_one: 'Sie haben {{count}} offenen Antrag oder Zugriff',
	own_other: 'Sie haben {{count}} offene Anträge und Zugriffe',
	alarm:
		'Entra hat einen Entzug nicht bestätigt oder führt etwas anderes als genehmigt: Gehen Sie davon aus, dass der Zugriff besteht',
	toSign: 'Änderungen der Charta zu unterschreiben',
	toSignEmpty: 'Keine Änderung wartet auf Ihre Unterschrift.',
	headSign: 'Eine Änderung der Charta wartet auf Ihre Unterschrift',
	toDecide: 'Zu entscheiden',
	toDecideEmpty: 'Kein Antrag wartet auf Ihre Entscheidung.',
	yours: 'Ihre offenen Anträge',
	over: 'Ihre abgeschlossenen',
	yoursEmpty: 'Sie haben keinen offenen Antrag.',
	live: 'Zugriffe jetzt',
	liveEmpty: 'Niemand hat jetzt über Charterkeep privilegierten Zugriff.',
	ask: 'Zugriff beantragen',
	auditLead: 'Filtern Sie die Zugriffshistorie und nehmen Sie die Belege mit.',
	auditLink: 'Zugriffshistorie öffnen',
	lockbox: 'Kundendaten: was auf Sie wartet und was offen ist',
	lockboxAlarm:
		'Kundendaten stehen jemandem offen, den hier niemand zugelassen hat oder der sie nicht mehr haben darf',
} satisfies Record<keyof typeof english, string>
