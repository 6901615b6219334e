import { findLevel } from '../charter/clearance-schemes.ts'
import type { VettingAct } from './vetting-case.events.ts'

/** Pieces of evidence that a case can ask for. Codes are part of the record: add freely, never rename. */
export const EVIDENCE_ITEMS = [
	'application-form',
	'consent',
	'identity',
	'residence-history',
	'references',
	'criminal-record',
	'financial-statement',
	'partner-declaration',
	'interview',
	'post-classification',
	'sponsor-statement',
	'agency-opinion',
	'certificate',
	'non-disclosure',
	'briefing',
	'debrief-record',
] as const
export type EvidenceItem = (typeof EVIDENCE_ITEMS)[number]

/** Acts that wait until the evidence for them is there. */
export type EvidenceStage = 'REFER' | 'GRANT' | 'BRIEF'
export type ChecklistLine = { item: EvidenceItem; neededFor: EvidenceStage }

const line = (neededFor: EvidenceStage, ...items: EvidenceItem[]): ChecklistLine[] =>
	items.map((item) => ({ item, neededFor }))

/** What every scheme asks for, in the order in which it comes in. */
const REFERRED: readonly EvidenceItem[] = ['application-form', 'consent', 'identity', 'residence-history']

/**
 * What a scheme asks for beside that before the case goes to the authority. From `deep` on (a rank of its ladder) an
 * interview and a statement of finances belong to it. Germany includes the partner from Ü2 on.
 */
const MORE: Readonly<Record<string, { refer: readonly EvidenceItem[]; deep: number | null }>> = {
	AU: { refer: ['references', 'criminal-record', 'sponsor-statement'], deep: 3 },
	CA: { refer: ['references', 'criminal-record'], deep: 5 },
	DE: { refer: ['references'], deep: 4 },
	EU: { refer: ['criminal-record'], deep: 4 },
	ES: { refer: ['criminal-record'], deep: 4 },
	FI: { refer: ['criminal-record'], deep: 3 },
	FR: { refer: ['post-classification'], deep: 4 },
	IT: { refer: ['criminal-record'], deep: 4 },
	JP: { refer: ['references'], deep: 4 },
	NATO: { refer: ['criminal-record'], deep: 4 },
	NL: { refer: ['post-classification'], deep: 4 },
	NO: { refer: ['criminal-record'], deep: 4 },
	NZ: { refer: ['references', 'criminal-record'], deep: 4 },
	PL: { refer: ['criminal-record'], deep: 4 },
	RO: { refer: ['criminal-record'], deep: 4 },
	SE: { refer: ['post-classification', 'references', 'interview'], deep: 3 },
	UK: { refer: ['references', 'criminal-record', 'sponsor-statement'], deep: 5 },
	US: { refer: ['references', 'criminal-record', 'sponsor-statement'], deep: 4 },
}

/** Where the partner is checked as well, and from which rank on. */
const PARTNER: Readonly<Record<string, number>> = { DE: 3, UK: 5, US: 4 }

/** Schemes whose authority hands its opinion to whoever then decides, beside or in place of a certificate. */
const OPINION: ReadonlySet<string> = new Set(['FR', 'FI', 'SE', 'NZ', 'JP', 'NO'])

/**
 * The evidence that a case of this scheme and level asks for, each with the act that waits for it. A level that is only
 * a briefing asks for no checks.
 */
export function checklistFor(scheme: string, level: string): ChecklistLine[] {
	const found = findLevel(scheme, level)
	const closing = line('BRIEF', 'non-disclosure', 'briefing')
	if (found === null || !found.formal)
		return [...line('REFER', 'application-form', 'identity'), ...line('GRANT', 'certificate'), ...closing]
	const { refer, deep } = MORE[scheme] ?? { refer: ['references', 'criminal-record'], deep: null }
	const rank = found.rank ?? 0
	const items = new Set<EvidenceItem>([...REFERRED, ...refer])
	if (deep !== null && rank >= deep) items.add('financial-statement').add('interview')
	const partnerFrom = PARTNER[scheme]
	if (partnerFrom !== undefined && rank >= partnerFrom) items.add('partner-declaration')
	const granted: EvidenceItem[] = OPINION.has(scheme) ? ['agency-opinion', 'certificate'] : ['certificate']
	return [
		...line('REFER', ...EVIDENCE_ITEMS.filter((item) => items.has(item))),
		...line('GRANT', ...granted),
		...closing,
	]
}

const ORDER: readonly EvidenceStage[] = ['REFER', 'GRANT', 'BRIEF']

/** Which stage of evidence an act waits for; null for an act that waits for none. */
function stageOf(act: VettingAct): EvidenceStage | null {
	if (act === 'REFER' || act === 'BRIEF') return act
	return act === 'GRANT' || act === 'GRANT_WITH_CONDITIONS' || act === 'UPHOLD_APPEAL' ? 'GRANT' : null
}

/** What is missing for this act, by name: everything that it or an earlier one waits for. */
export function missingFor(
	act: VettingAct,
	lines: readonly ChecklistLine[],
	present: ReadonlySet<string>,
): EvidenceItem[] {
	const stage = stageOf(act)
	if (stage === null) return []
	const until = ORDER.indexOf(stage)
	return (
		lines
			// The briefing is recorded by the act itself.
			.filter(({ item }) => item !== 'briefing')
			.filter(({ item, neededFor }) => ORDER.indexOf(neededFor) <= until && !present.has(item))
			.map(({ item }) => item)
	)
}
