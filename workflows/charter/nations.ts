/** Member states of the European Union (ISO 3166-1 alpha-2), 27 since 2020-02-01. */
export const UNION_STATES: readonly string[] =
	'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' ')

/** States and territories of ISO 3166-1 alpha-2, and Kosovo by the code that is usual for it. */
const STATES: ReadonlySet<string> = new Set(
	(
		'AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ ' +
		'CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO ' +
		'FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE ' +
		'JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO ' +
		'MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW ' +
		'PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM ' +
		'TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW XK'
	).split(' '),
)

/** Whether this is the code of a state: a rule about any other would admit, or keep out, nobody without a word. */
export const isState = (code: string) => STATES.has(code)

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
