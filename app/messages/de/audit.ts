import type { audit as english } from '../en/audit.ts'

/** German words: audit. */
export const audit = {
	title: 'Zugriffshistorie',
	lead: 'Jeder Antrag und jeder Zugriff, mit allen Entscheidungen. Zum Mitnehmen als Tabelle oder als Bündel, das sich offline selbst beweist.',
	person: 'Person',
	anyone: 'Alle',
	role: 'Rolle',
	from: 'Von',
	until: 'Vor',
	apply: 'Filtern',
	csv: 'CSV herunterladen',
	bundle: 'Bündel herunterladen',
	bundleWithFacts: 'Paket mit Tatsachen herunterladen',
	verify: 'Prüfen auf jedem Rechner: npm run verify -- DATEI',
	approvals: 'Entscheidungen',
	activeFrom: 'Aktiv ab',
	activeTo: 'Beendet',
	empty: 'Kein Zugriff passt zu diesem Filter.',
	count_one: '{{count}} Zeile',
	count_other: '{{count}} Zeilen',
	partial: 'Es gibt mehr Zeilen als gezeigt: Filter enger fassen.',
} satisfies Record<keyof typeof english, string>
