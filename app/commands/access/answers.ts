import { z } from 'zod'

/*
 * What the commands read of the answers of the API: what they show, and no more, so that a newer server may say more. What is
 * printed with --json is the answer as it came.
 */

const summary = {
	id: z.string(),
	number: z.number(),
	requester: z.object({ name: z.string() }),
	title: z.string(),
	state: z.string(),
	durationSeconds: z.number(),
	startAt: z.string().nullable(),
	deadline: z.string().nullable(),
	waitsFor: z.string().nullable(),
	grantId: z.string().nullable(),
}
export const listSchema = z.looseObject({
	requests: z.array(z.looseObject(summary)),
	next: z.string().nullable(),
})
export const requestSchema = z.looseObject({
	...summary,
	reason: z.string(),
	ticket: z.string(),
	voidedBy: z.string().nullable(),
	denial: z.object({ by: z.string(), reason: z.string() }).nullable(),
	stages: z.array(
		z.looseObject({
			title: z.string(),
			status: z.string(),
			decideBy: z.string().nullable(),
			decisions: z.array(z.looseObject({ name: z.string(), verdict: z.string(), decidedAt: z.string() })),
		}),
	),
	grant: z.looseObject({ from: z.string().nullable(), until: z.string().nullable() }).nullable(),
})
export type Request = z.infer<typeof requestSchema>
const refused = z.array(z.looseObject({ role: z.string(), detail: z.string() }))
export const filedSchema = z.looseObject({
	requests: z.array(z.looseObject({ id: z.string(), number: z.number(), role: z.string() })),
	refused,
})
const reason = z.looseObject({ requirement: z.string(), found: z.string(), fix: z.string(), who: z.string() })
export const problemSchema = z.looseObject({
	detail: z.string(),
	code: z.string(),
	requestId: z.string(),
	errors: z
		.array(
			z.looseObject({
				pointer: z.string().optional(),
				parameter: z.string().optional(),
				detail: z.string(),
			}),
		)
		.default([]),
	reasons: z.array(reason).default([]),
	refused: refused.default([]),
})
export type Problem = z.infer<typeof problemSchema>
