import type { FactKind } from '#workflows/people/facts/fact-kinds.ts'
import {
	CITIZENSHIP_DOCUMENTS,
	CLEARANCE_STATES,
	REPORTERS,
	RESIDENCE_STATUSES,
	SEVERITIES,
} from '#workflows/people/facts/fact-kinds.ts'
import { REPORTABLE_EVENTS } from '#workflows/people/facts/reportable-events.ts'

/** How a value of a fact is asked for in a form; the words stand in `messages/facts`. */
export type FactField = {
	name: string
	control:
		'country' | 'countries' | 'level' | 'text' | 'area' | 'choice' | 'role' | 'facility' | 'key' | 'flag'
	choices?: readonly string[]
	max?: number
	optional?: true
}

/** The form of each kind: server and page read the same list. */
export const FACT_FIELDS: Readonly<Record<FactKind, readonly FactField[]>> = {
	citizenship: [
		{ name: 'country', control: 'country' },
		{ name: 'document', control: 'choice', choices: CITIZENSHIP_DOCUMENTS },
		{ name: 'issuer', control: 'text', max: 120 },
	],
	residence: [
		{ name: 'country', control: 'country' },
		{ name: 'status', control: 'choice', choices: RESIDENCE_STATUSES },
	],
	clearance: [
		{ name: 'level', control: 'level' },
		{ name: 'issuer', control: 'text', max: 120 },
		{ name: 'state', control: 'choice', choices: CLEARANCE_STATES },
		{ name: 'post', control: 'text', max: 120, optional: true },
		{ name: 'sponsor', control: 'text', max: 200, optional: true },
	],
	readIn: [{ name: 'caveat', control: 'text', max: 80 }],
	briefing: [{ name: 'key', control: 'key', max: 64 }],
	training: [{ name: 'key', control: 'key', max: 64 }],
	agreement: [
		{ name: 'key', control: 'key', max: 64 },
		{ name: 'party', control: 'text', max: 120 },
	],
	employment: [
		{ name: 'employer', control: 'text', max: 120 },
		{ name: 'under', control: 'text', max: 120, optional: true },
		{ name: 'flowDown', control: 'flag' },
	],
	appointment: [{ name: 'role', control: 'role' }],
	facility: [{ name: 'facility', control: 'facility' }],
	travel: [
		{ name: 'countries', control: 'countries' },
		{ name: 'itinerary', control: 'area', max: 1000 },
	],
	visit: [
		{ name: 'host', control: 'text', max: 160 },
		{ name: 'country', control: 'country' },
		{ name: 'contact', control: 'text', max: 160 },
		{ name: 'purpose', control: 'area', max: 500 },
		{ name: 'level', control: 'level' },
	],
	event: [
		{ name: 'event', control: 'choice', choices: REPORTABLE_EVENTS },
		{ name: 'severity', control: 'choice', choices: SEVERITIES },
		{ name: 'reporter', control: 'choice', choices: REPORTERS },
		{ name: 'details', control: 'area', max: 2000 },
	],
}

/** How facts are gathered on a person's page. */
export const FACT_GROUPS = [
	{ group: 'standing', kinds: ['citizenship', 'residence', 'clearance', 'readIn'] },
	{ group: 'work', kinds: ['employment', 'appointment', 'facility'] },
	{ group: 'prepared', kinds: ['briefing', 'training', 'agreement'] },
	{ group: 'conduct', kinds: ['travel', 'visit', 'event'] },
] as const satisfies readonly { group: string; kinds: readonly FactKind[] }[]
