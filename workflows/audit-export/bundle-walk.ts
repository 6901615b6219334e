import type { Leaf } from '../ledger/entry.schema.ts'
import { checkOpening } from '../ledger/leaf.ts'
import type { Instant } from '../shared/instants.ts'
import { createAccessBook, type AccessRow } from './access-book.ts'
import type { Findings } from './findings.ts'
import type { Profile } from './manifest.ts'
import { isSealedIn } from './minimised.ts'
import type { Platform } from './platform.ts'
import { unchecked, type Openings } from './problem.ts'
import { createStory } from './story.ts'

type Missing = { entryId: string; group: string; where: string }

/**
 * Walks the entries of a log in order, with what a bundle lays open: each opening against its commitment, the story that
 * they tell, the accesses that were chosen, and what of those is not laid open. The exporter walks so for its summary, the
 * verifier for its verdict.
 */
export function createBundleWalk(platform: Platform, findings: Findings, profile: Profile) {
	let where = ''
	const story = createStory(platform, (found) => findings.later(where, found))
	const accesses = createAccessBook()
	const ids = new Set<string>()
	const missing: Missing[] = []
	const erased = new Set<string>()
	let openings = 0

	function note(leaf: Leaf, isSelected: boolean, given: Openings): void {
		if (!isSelected) return
		for (const group of Object.keys(leaf.seals)) {
			if (given?.[group] !== undefined) continue
			if (isSealedIn(profile, leaf, group))
				findings.add(
					where,
					unchecked('PROFILE_SEALED', 'the facts that this was judged on stay sealed in this profile'),
				)
			else missing.push({ entryId: leaf.id, group, where })
		}
	}

	return {
		charters: story.charters,
		tell(index: number, leaf: Leaf, given: Openings, isSelected: boolean): void {
			where = `entry ${index} (${leaf.kind})`
			if (ids.has(leaf.id)) findings.refuse(where, 'DUPLICATE', 'this entry stands in the log twice')
			ids.add(leaf.id)
			if ((leaf.kind === 'record.created') !== (index === 0))
				findings.refuse(where, 'CREATION', 'a log begins with its creation, and only there')
			let sound = given
			for (const [group, opening] of Object.entries(given ?? {})) {
				openings += 1
				const found = checkOpening(leaf, group, opening, platform.sha256)
				if (found === null) continue
				findings.refuse(where, found, `what is laid open as "${group}" is not what the leaf commits to`)
				sound = undefined
			}
			if (leaf.kind === 'record.erased')
				for (const { entryId, groups } of leaf.open.erased)
					for (const group of groups) erased.add(`${entryId} ${group}`)
			note(leaf, isSelected, given)
			for (const found of story.tell(leaf, sound)) findings.add(where, found)
			accesses.tell(index, leaf, sound, isSelected, story.charters)
		},
		/** What is known at the end. Accesses that last are laid against facts until `asOf`. */
		finish(asOf: Instant): { accesses: AccessRow[]; openings: number } {
			for (const { entryId, group, where: place } of missing)
				findings.add(
					place,
					erased.has(`${entryId} ${group}`)
						? unchecked('ERASED', 'what opens this was erased, as an entry says')
						: unchecked('SEALED', 'this was chosen and is not laid open'),
				)
			const { rows, sealed } = accesses.finish(story.charters, story.people, asOf)
			if (sealed > 0)
				findings.add(
					'accesses',
					unchecked(
						'COVERAGE_SEALED',
						'accesses cannot be laid against clearance, appointment, briefing and facility: facts are not laid open',
					),
					sealed,
				)
			return { accesses: rows, openings }
		},
		counts: () => ({ ...story.counts(), liveGrants: story.liveGrants() }),
	}
}
