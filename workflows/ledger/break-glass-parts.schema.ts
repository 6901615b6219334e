import { z } from 'zod'
import {
	breakGlassEnvelopeSchema,
	breakGlassReviewEnvelopeSchema,
	breakGlassUseSchema,
	offlineEnvelopeSchema,
	offlineUseSchema,
} from './break-glass-envelope.schema.ts'
import { assertionSchema } from './envelope.schema.ts'
import { id, instant, sha256Hex, slug } from './primitives.schema.ts'

/** `requestId` is the id of the use; the access that comes of it hangs on a request of the same id. */
const use = { requestId: id }
const review = z.strictObject({ by: slug, quorum: z.int().min(1).max(9), within: z.int().min(1) })

/** What lies open in the entries of break-glass. */
export const BREAK_GLASS_OPEN = {
	/** The user signed. `review.within` is in seconds from the use. */
	'break_glass.signed': z.strictObject({
		...use,
		usingRole: slug,
		role: slug,
		charterEntry: id,
		durationSeconds: z.int().min(1),
		credentialEntry: id,
		secondOfficer: z.boolean(),
		review,
		/** State of the use after this signature. */
		outcome: z.enum(['awaitingSecond', 'inUse']),
	}),
	'break_glass.seconded': z.strictObject({
		...use,
		verdict: z.enum(['confirm', 'refuse']),
		credentialEntry: id,
		outcome: z.enum(['inUse', 'refused']),
	}),
	'break_glass.withdrawn': z.strictObject(use),
	/** No second officer signed in time. */
	'break_glass.timed_out': z.strictObject(use),
	'break_glass.voided': z.strictObject({ ...use, code: slug }),
	/** The tenant holds the access no longer: the review can be given. */
	'break_glass.access_ended': z.strictObject(use),
	/** Told again every day while it is so. */
	'break_glass.review_overdue': z.strictObject(use),
	'break_glass.reviewed': z.strictObject({
		...use,
		verdict: z.enum(['justified', 'not_justified']),
		credentialEntry: id,
		/** State of the use after this review: owed still, or done. */
		outcome: z.enum(['owed', 'reviewed']),
	}),
	/** A use by the sealed procedure, recorded afterwards; who opened it is the subject. */
	'break_glass.offline_recorded': z.strictObject({
		...use,
		usingRole: slug,
		charterEntry: id,
		credentialEntry: id,
		from: instant,
		until: instant,
		participants: z.array(id).min(2).max(5),
		review,
	}),
	/** An attempt that was refused; the use where there was one. */
	'break_glass.attempt_refused': z.strictObject({
		useId: id.nullable(),
		step: z.enum(['use', 'second', 'review', 'offline']),
		code: slug,
	}),
} as const

const eligibility = z.strictObject({ verdictSha256: sha256Hex, facts: z.json() })
const signed = z.strictObject({ envelope: breakGlassEnvelopeSchema, assertion: assertionSchema })

/** What is sealed in them. */
export const BREAK_GLASS_SEALED = {
	'break_glass.signed': { use: breakGlassUseSchema, evidence: signed, eligibility },
	'break_glass.seconded': { evidence: signed, eligibility },
	'break_glass.reviewed': {
		evidence: z.strictObject({ envelope: breakGlassReviewEnvelopeSchema, assertion: assertionSchema }),
		/** Kept apart from the evidence, which stays when a person is erased: it may tell of them. */
		findings: z.strictObject({ text: z.string() }),
	},
	'break_glass.offline_recorded': {
		use: offlineUseSchema,
		evidence: z.strictObject({ envelope: offlineEnvelopeSchema, assertion: assertionSchema }),
	},
	'break_glass.attempt_refused': { refusal: z.strictObject({ message: z.string() }) },
} as const
