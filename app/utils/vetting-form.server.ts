import { z } from 'zod'
import { ONE_OFFICER_ACTS, TWO_OFFICER_ACTS } from '#workflows/people/vetting-case.events.ts'
import { EVIDENCE_ITEMS } from '#workflows/people/vetting-checklists.ts'
import { dayField } from './form.server.ts'

const name = z.string().trim().max(200, 'errors.NO_SUCH_PERSON').default('')
const reason = z.string().trim().max(500, 'errors.reasonLong').default('')
const version = z.coerce.number('errors.STALE_VERSION').int().min(1, 'errors.STALE_VERSION')
const text = (most: number) => z.string().trim().max(most, 'errors.required').default('')
const day = dayField.default('' as never)

/** The form that opens a case. */
export const openCaseSchema = z.object({
	personId: z.uuid('errors.NO_SUCH_PERSON'),
	level: z
		.string()
		.regex(/^[A-Z]+ [A-Z0-9]+$/, 'errors.UNKNOWN_LEVEL')
		.transform((value) => value.split(' ') as [string, string]),
	post: text(120),
	sponsor: name,
	manager: name,
	neededFrom: day,
	neededUntil: day,
	reason: z.string().trim().min(10, 'errors.reasonShort').max(500, 'errors.reasonLong'),
})

/** An act of one officer. */
export const actSchema = z
	.object({
		act: z.enum(ONE_OFFICER_ACTS, 'errors.chooseAct'),
		version,
		reason,
		sponsor: name,
		briefing: z
			.string()
			.regex(/^[a-z0-9-]{0,64}$/, 'errors.unreadableChoice')
			.default(''),
		briefedAt: day,
		briefingReference: text(200),
	})
	.refine(({ act, briefedAt }) => act !== 'BRIEF' || briefedAt !== null, {
		path: ['briefedAt'],
		message: 'errors.date',
	})
	.transform(({ briefing, briefedAt, briefingReference, ...rest }) => ({
		...rest,
		briefing:
			rest.act === 'BRIEF' && briefedAt !== null
				? { key: briefing, at: briefedAt, reference: briefingReference }
				: undefined,
	}))

/** What one of two officers is about to sign. */
export const signatureSchema = z
	.object({
		act: z.enum(TWO_OFFICER_ACTS, 'errors.chooseAct'),
		part: z.enum(['propose', 'confirm'], 'errors.chooseAct'),
		version,
		reason,
		issuer: text(120),
		issuedAt: day,
		validUntil: day,
		conditions: text(500),
	})
	.transform(({ issuer, issuedAt, validUntil, conditions, ...rest }) => ({
		...rest,
		terms: { issuer, issuedAt, validUntil, conditions },
	}))

/** A piece of evidence. */
export const evidenceSchema = z.object({
	item: z.enum(EVIDENCE_ITEMS, 'errors.chooseItem'),
	reference: z.string().trim().min(1, 'errors.required').max(200, 'errors.required'),
	fileSha256: z
		.string()
		.trim()
		.toLowerCase()
		.regex(/^([0-9a-f]{64})?$/, 'errors.SHA256')
		.transform((value) => (value === '' ? null : value)),
})

export const dropSchema = z.object({ reason })
