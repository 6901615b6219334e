import type { EntryKind } from '../ledger/open-parts.schema.ts'
import type { LeafOf } from '../ledger/entry.schema.ts'

/** What can be erased of a person, each part by itself. */
export const ERASABLE_PARTS = ['identity', 'facts', 'texts', 'passkeys'] as const
export type ErasablePart = (typeof ERASABLE_PARTS)[number]

/** Why personal data may be erased, in the terms of Article 17(1) GDPR: no longer needed, asked for, unlawful, or by law. */
export const ERASURE_GROUNDS = ['retention_over', 'person_asked', 'unlawful', 'legal_duty'] as const
export type ErasureGround = (typeof ERASURE_GROUNDS)[number]

/**
 * Which part a sealed group belongs to; null for what stays. Signed evidence of decisions stays: it is the proof of an
 * official act, and holds words about the request and no facts about people. What a decision was judged on holds the
 * facts of both the requester and the approver, so it goes with the facts of either. A vetting case is about nothing but
 * the person, and vetting files are destroyed by law: all of it goes with the facts, the signed evidence too.
 */
export function erasablePartOf(kind: EntryKind, group: string): ErasablePart | null {
	if (
		(kind === 'person.recorded' || kind === 'person.changed' || kind === 'person.identity_changed') &&
		group === 'identity'
	)
		return 'identity'
	// Why a fact was taken back, a travel decided, a report triaged: words about the person.
	if (kind.startsWith('person.') && group === 'basis') return 'facts'
	if (kind.startsWith('person.suspen') && group === 'reason') return 'facts'
	if (group === 'fact' || group === 'eligibility' || kind.startsWith('vetting.')) return 'facts'
	if (kind === 'badge.issued') return 'facts'
	// What shows that they hold a provider's role. When they had duty stays, as when they were away does.
	if (kind === 'provider_holder.recorded') return 'facts'
	if ((kind === 'request.filed' || kind === 'request.amended') && group === 'request') return 'texts'
	if (kind === 'request.information_asked' || kind === 'request.information_given') return 'texts'
	if (kind === 'api.token_made' && group === 'token') return 'texts'
	if (kind.startsWith('break_glass.') && (group === 'use' || group === 'findings')) return 'texts'
	// A provider's words are about no person of ours; of a request from inside the subject is whom it benefits.
	if (kind.startsWith('lockbox.') && (group === 'request' || group === 'note')) return 'texts'
	// For which reasons the charter refuses them is told by facts; what an officer wrote of it is words about them.
	if (kind.startsWith('finding.') && group === 'difference') return 'facts'
	if (kind === 'finding.decided' && group === 'reason') return 'texts'
	if (kind === 'passkey.enrolled' || kind === 'session.signed_in') return 'passkeys'
	return null
}

/** What one `record.erased` entry may name at most, so that it stays within the length of a leaf. */
export const ERASED_IN_ONE_ENTRY = 400

type Erased = LeafOf<'record.erased'>['open']['erased']

/** What was erased as the open parts of as many entries as it takes: groups by entry, in the order given. */
export function erasedInEntries(openings: readonly { entryId: string; group: string }[]): Erased[] {
	const groups = new Map<string, string[]>()
	for (const { entryId, group } of openings) groups.set(entryId, [...(groups.get(entryId) ?? []), group])
	const all = [...groups].map(([entryId, names]) => ({ entryId, groups: names.sort() }))
	const entries: Erased[] = []
	for (let from = 0; from < all.length; from += ERASED_IN_ONE_ENTRY)
		entries.push(all.slice(from, from + ERASED_IN_ONE_ENTRY))
	return entries
}

/** What stands in place of a name. It is the same word in both languages, and tells two erased people apart. */
export const pseudonymOf = (personId: string) => `Pseudonym ${personId.slice(-8)}`
