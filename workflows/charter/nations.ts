/** Member states of the European Union (ISO 3166-1 alpha-2), 27 since 2020-02-01. */
export const UNION_STATES: readonly string[] =
	'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' ')

/** Codes that are written by mistake for those of ISO 3166-1. */
const MEANT: Readonly<Record<string, string>> = { UK: 'GB', EL: 'GR', SU: 'RU' }

/** What to write in place of a code that is of no state; null where nothing is near. */
export const stateMeantBy = (code: string) => (Object.hasOwn(MEANT, code) ? (MEANT[code] ?? null) : null)

/** Three-letter codes (ISO 3166-1 alpha-3), as release markings write them, of states with which such markings are usual. */
const TRIGRAPHS: Readonly<Record<string, string>> = {
	ALB: 'AL',
	AUS: 'AU',
	AUT: 'AT',
	BEL: 'BE',
	BGR: 'BG',
	CAN: 'CA',
	CHE: 'CH',
	CYP: 'CY',
	CZE: 'CZ',
	DEU: 'DE',
	DNK: 'DK',
	ESP: 'ES',
	EST: 'EE',
	FIN: 'FI',
	FRA: 'FR',
	GBR: 'GB',
	GRC: 'GR',
	HRV: 'HR',
	HUN: 'HU',
	IRL: 'IE',
	ISL: 'IS',
	ISR: 'IL',
	ITA: 'IT',
	JPN: 'JP',
	KOR: 'KR',
	LTU: 'LT',
	LUX: 'LU',
	LVA: 'LV',
	MKD: 'MK',
	MLT: 'MT',
	MNE: 'ME',
	NLD: 'NL',
	NOR: 'NO',
	NZL: 'NZ',
	POL: 'PL',
	PRT: 'PT',
	ROU: 'RO',
	SGP: 'SG',
	SVK: 'SK',
	SVN: 'SI',
	SWE: 'SE',
	TUR: 'TR',
	USA: 'US',
}

/** The alpha-2 code behind a trigraph of a release marking; null when it is not one of those known here. */
export function stateOfTrigraph(trigraph: string): string | null {
	return Object.hasOwn(TRIGRAPHS, trigraph) ? (TRIGRAPHS[trigraph] ?? null) : null
}

/** Whether this country lies in the jurisdiction: one state, or the European Union as a whole (`EU`). */
export function liesIn(jurisdiction: string, country: string): boolean {
	return jurisdiction === 'EU' ? UNION_STATES.includes(country) : jurisdiction === country
}
