import type { Leaf } from '../ledger/entry.schema.ts'
import type { Profile } from './manifest.ts'

/**
 * Whether a group of a chosen entry stays sealed in a profile, on purpose: an access history is no vetting file. What somebody was
 * judged on is one; so is for which reasons the charter refuses the holder of what was found.
 */
export function isSealedIn(profile: Profile, leaf: Leaf, group: string): boolean {
	if (profile === 'auditor') return false
	if (group === 'eligibility') return true
	return (
		group === 'difference' &&
		(leaf.kind === 'finding.opened' ||
			leaf.kind === 'finding.confirmed' ||
			leaf.kind === 'finding.changed') &&
		leaf.open.kinds.includes('ineligibleHolder')
	)
}
