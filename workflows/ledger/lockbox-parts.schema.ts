import { z } from 'zod'
import { LOCKBOX_DENIALS, LOCKBOX_STATES, SEEN } from '../lockbox/lockbox-context.ts'
import { PROVIDERS } from '../lockbox/providers.ts'
import { assertionSchema } from './envelope.schema.ts'
import { lockboxEnvelopeSchema, lockboxRequestSchema } from './lockbox-envelope.schema.ts'
import { count, id, instant, sha256Hex, slug } from './primitives.schema.ts'

const on = { requestId: id }
/** State of the request after this entry. */
const outcome = z.enum(LOCKBOX_STATES)
/** The provider's own word, cut to what fits. */
const status = z.string().max(64)

/** What lies open in the entries of the lockbox. */
export const LOCKBOX_OPEN = {
	/** A request came in and was judged; whom it benefits is the subject where that is one of ours. */
	'lockbox.imported': z.strictObject({
		...on,
		provider: z.enum(PROVIDERS),
		/** Read from the provider's interface, from its output, written down by an officer, or asked by one of ours. */
		by: z.enum(['poll', 'import', 'hand', 'inside']),
		boundaryEntry: id.nullable(),
		charterEntry: id,
		askedAt: instant,
		deadline: instant,
		durationSeconds: count.nullable(),
		isDisclosed: z.boolean(),
		/** Who does not decide: whoever it benefits, asked for it, or brought it in by hand. */
		barred: z.array(id).max(3),
		stages: z.array(z.strictObject({ from: slug, quorum: z.int().min(1), within: count })).max(5),
		/** Why it can only be denied; empty where the stages decide. */
		denials: z.array(z.enum(LOCKBOX_DENIALS)),
		status,
		outcome,
	}),
	'lockbox.decided': z.strictObject({
		...on,
		stage: count,
		verdict: z.enum(['approve', 'deny']),
		credentialEntry: id,
		charterEntry: id,
		outcome,
	}),
	/** Whoever approved may not decide any more: it counts no longer, and `stage` is the one that decides now. */
	'lockbox.approval_fell': z.strictObject({ ...on, approverId: id, code: slug, stage: count, outcome }),
	/** Of a request from inside: it no longer stands for whom it is. What cannot be taken back here is an alarm. */
	'lockbox.requester_fell': z.strictObject({ ...on, code: slug, outcome }),
	/** A deadline: the stage's time, the provider's clock, or that of the access. */
	'lockbox.clock': z.strictObject({
		...on,
		what: z.enum(['decide', 'deadline', 'access', 'grace', 'retry']),
		outcome,
	}),
	/** So much of the provider's clock was left, and those who can do something were told. */
	'lockbox.reminded': z.strictObject({ ...on, left: z.enum(['half', 'quarter', 'eighth']) }),
	/** The answer is about to be sent; `status` is what the provider said just before. */
	'lockbox.sending': z.strictObject({
		...on,
		answer: z.enum(['approve', 'deny']),
		attempt: z.int().min(1),
		by: z.enum(['worker', 'officer']),
		status,
	}),
	'lockbox.send_failed': z.strictObject({ ...on, code: slug, outcome }),
	'lockbox.retried': z.strictObject({ ...on, outcome }),
	/** What the provider was read to say, where that is news; an officer's word where nobody can be asked. */
	'lockbox.seen': z.strictObject({
		...on,
		seen: z.enum(SEEN),
		status,
		by: z.enum(['provider', 'import', 'officer']),
		/** It was decided at the provider and not by us. */
		isOutOfBand: z.boolean(),
		outcome,
	}),
	/** An attempt that was refused; the request where there was one. */
	'lockbox.attempt_refused': z.strictObject({
		lockboxId: id.nullable(),
		step: z.enum(['decide', 'bring_in', 'report']),
		code: slug,
	}),
} as const

const eligibility = z.strictObject({ verdictSha256: sha256Hex, facts: z.json() })

/** What is sealed in them. */
export const LOCKBOX_SEALED = {
	/** `eligibility`: of a request from inside, what whom it benefits was judged on; empty for a provider's. */
	'lockbox.imported': {
		request: lockboxRequestSchema,
		eligibility: z.strictObject({ verdictSha256: sha256Hex.nullable(), facts: z.json() }),
	},
	'lockbox.decided': {
		evidence: z.strictObject({ envelope: lockboxEnvelopeSchema, assertion: assertionSchema }),
		eligibility,
	},
	/** What was sent, word by word. */
	'lockbox.sending': { sent: z.strictObject({ text: z.string().max(4000) }) },
	/** What the officer wrote beside it. */
	'lockbox.seen': { note: z.strictObject({ text: z.string().max(1000) }) },
	'lockbox.attempt_refused': { refusal: z.strictObject({ message: z.string() }) },
} as const
