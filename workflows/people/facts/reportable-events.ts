/** What staff with a clearance must report, by stable keys; the words stand in the catalogues. */
export const REPORTABLE_EVENTS = [
	'foreign-travel',
	'foreign-contact',
	'foreign-activities',
	'marriage',
	'cohabitant',
	'foreign-national-roommate',
	'arrest-criminal',
	'financial',
	'alcohol-drug-treatment',
	'elicitation-media-blackmail',
	'others-behaviour',
	'security-incident',
	'change-of-circumstances',
] as const
export type ReportableEvent = (typeof REPORTABLE_EVENTS)[number]

/** Who owes a report of the kind: everybody, holders of the highest clearances, or whom the national scheme names. */
export type Reporters = 'everybody' | 'highest' | 'by_scheme'

const OWED_BY: Readonly<Record<ReportableEvent, Reporters>> = {
	'foreign-travel': 'everybody',
	'foreign-contact': 'everybody',
	'foreign-activities': 'everybody',
	marriage: 'highest',
	cohabitant: 'highest',
	'foreign-national-roommate': 'highest',
	'arrest-criminal': 'everybody',
	financial: 'everybody',
	'alcohol-drug-treatment': 'everybody',
	'elicitation-media-blackmail': 'everybody',
	'others-behaviour': 'everybody',
	'security-incident': 'everybody',
	'change-of-circumstances': 'by_scheme',
}
export const whoReports = (event: ReportableEvent): Reporters => OWED_BY[event]

/** When it is to be reported. */
export type ReportingTime = 'before' | 'at_once'
export const whenReported = (event: ReportableEvent): ReportingTime =>
	event === 'foreign-travel' ? 'before' : 'at_once'
