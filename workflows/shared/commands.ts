import { z } from 'zod'

const grantId = z.uuid()

/**
 * Every effect that a statechart may ask for. Machines emit these; `grant.open` and `charter.enforce` are carried out
 * inside the same transaction, all others are queued in it and performed by the worker after the commit.
 */
export const commandSchema = z.discriminatedUnion('type', [
	z.strictObject({ type: z.literal('grant.open'), requestId: z.uuid() }),
	z.strictObject({ type: z.literal('grant.provision'), grantId }),
	z.strictObject({ type: z.literal('grant.extend'), grantId }),
	z.strictObject({ type: z.literal('grant.remove'), grantId }),
	z.strictObject({ type: z.literal('grant.end_sessions'), grantId }),
	/** Ends the sessions of a suspended person at the tenant. */
	z.strictObject({ type: z.literal('person.end_sessions'), suspensionId: z.uuid() }),
	/** Reads what the provider says of a request, and sends our answer where one waits. */
	z.strictObject({ type: z.literal('lockbox.follow'), requestId: z.uuid() }),
	/** Takes away what a finding says, and reads back until it is gone. */
	z.strictObject({ type: z.literal('finding.remove'), findingId: z.uuid() }),
	/** Ends the sessions of whoever a finding is about. */
	z.strictObject({ type: z.literal('finding.end_sessions'), findingId: z.uuid() }),
	/** Reads the whole tenant, or files that were exported of one, and makes a readiness report of it, as somebody asked. */
	z.strictObject({ type: z.literal('readiness.read'), readingId: z.uuid() }),
	z.strictObject({ type: z.literal('charter.enforce'), amendmentId: z.uuid() }),
	z.strictObject({ type: z.literal('charter.rejudge'), charterVersionId: z.uuid() }),
])

export type Command = z.infer<typeof commandSchema>
export type OutwardCommand = Exclude<Command, { type: 'grant.open' | 'charter.enforce' }>

export function isOutward(command: Command): command is OutwardCommand {
	return command.type !== 'grant.open' && command.type !== 'charter.enforce'
}
