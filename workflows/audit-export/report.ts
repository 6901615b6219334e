import type { AccessRow } from './access-book.ts'
import type { Manifest } from './manifest.ts'
import type { StoryCounts } from './story.ts'

/** One thing that does not hold, or was not checked, and where: "zip", "log/checkpoint" or "entry 17 (request.decided)". */
export type Failure = { where: string; code: string; message: string }

/** Something that could not be checked, with how often, and the first places. */
export type Unchecked = { code: string; message: string; count: number; where: string[] }

export type BundleReport = {
	/** "Verified in part": nothing speaks against it, and `unchecked` lists what nothing speaks for. */
	verdict: 'verified' | 'verified in part' | 'refused'
	/** Log-signed: whether the checkpoint is signed by the log's key, and whether that key was known beforehand. */
	log: {
		origin: string | null
		size: number
		root: string | null
		vkey: string | null
		isKeyPinned: boolean
		isSigned: boolean
		/** How many times the key changed hands from the trusted one on. */
		rotations: number
	}
	/** Witnessed: whether others saw the same tree. `none`: no witness is asked for, so nobody vouches but the log. */
	witnesses: { state: 'met' | 'not_met' | 'none'; by: { name: string; at: string }[]; isPolicyGiven: boolean }
	/** The checkpoint that was kept from before, and whether this log contains it. */
	since: { size: number; isContained: boolean } | null
	manifest: Manifest | null
	counts: StoryCounts & {
		entries: number
		selected: number
		openings: number
		proofs: number
		liveGrants: number
	}
	/** Requests and accesses that were chosen, with their coverage. */
	accesses: AccessRow[]
	unchecked: Unchecked[]
	failures: Failure[]
}
