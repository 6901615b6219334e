import { assign, emit, setup } from 'xstate'
import type { Command } from '../shared/commands.ts'
import { msBetween, plusMs, type Instant } from '../shared/instants.ts'

export const AMENDMENT_MACHINE_VERSION = 1

/** Two humans put a charter into force; a charter cannot ask for fewer. */
export const SIGNATURES_NEEDED = 2
/** Time to sign where no day is set. */
export const SIGN_WITHIN_MS = 30 * 86_400_000

export type AmendmentContext = {
	amendmentId: string
	drafterId: string
	/** SHA-256 of the new text; every signature is on it. */
	textSha256: string
	/** When it is to be in force; null: as soon as the last signature is given. */
	inForceFrom: Instant | null
	/** Signatures are taken until then (exclusive); null while it is a draft. Silence lets it lapse. */
	signBy: Instant | null
	signatures: { ownerId: string; at: Instant }[]
	/** Time of the last step: deadlines are counted from it. */
	steppedAt: Instant | null
	closedAt: Instant | null
	/** Who rejected or withdrew it; null otherwise. */
	closedBy: string | null
	/** Why the machine itself stopped it; null otherwise. */
	stoppedBy: string | null
}
export type AmendmentInput = Pick<
	AmendmentContext,
	'amendmentId' | 'drafterId' | 'textSha256' | 'inForceFrom'
>

type Sign = { type: 'SIGN'; ownerId: string; textSha256: string; at: Instant }
type Close = { actorId: string | null; at: Instant }
export type AmendmentEvent =
	| { type: 'EDIT'; textSha256: string; inForceFrom: Instant | null; at: Instant }
	| { type: 'PROPOSE'; actorId: string; at: Instant }
	| Sign
	| ({ type: 'REJECT' | 'WITHDRAW' } & Close)
	/** The charter could not enter: it would lock its owners out, or another took its place meanwhile. */
	| { type: 'STOP'; code: string; at: Instant }
	/** Another version took its place. */
	| { type: 'SUPERSEDE'; at: Instant }

const isTimely = ({ inForceFrom }: AmendmentContext, at: Instant) => inForceFrom === null || at < inForceFrom

/** The machine's own last line of defence; the use case refuses earlier, with the reason in words. */
const mayBeSigned = ({ signBy, signatures, textSha256 }: AmendmentContext, event: Sign) =>
	event.textSha256 === textSha256 &&
	signBy !== null &&
	event.at < signBy &&
	signatures.every(({ ownerId }) => ownerId !== event.ownerId)

const msUntil = (from: Instant | null, to: Instant | null) =>
	from === null || to === null ? 0 : Math.max(0, msBetween(from, to))

const isLastSignature = ({ signatures }: AmendmentContext) => signatures.length + 1 >= SIGNATURES_NEEDED

/**
 * A charter amendment: drafted, proposed, signed by two distinct charter owners, in force at its time, superseded by
 * the next. Once proposed its text cannot change; without signatures in time it lapses.
 */
export const amendmentMachine = setup({
	types: {
		context: {} as AmendmentContext,
		events: {} as AmendmentEvent,
		emitted: {} as Command,
		input: {} as AmendmentInput,
	},
	guards: {
		isTimely: ({ context }, { at }: { at: Instant }) => isTimely(context, at),
		completesNow: ({ context }, event: Sign) =>
			mayBeSigned(context, event) && isLastSignature(context) && context.inForceFrom === null,
		completes: ({ context }, event: Sign) => mayBeSigned(context, event) && isLastSignature(context),
		addsSignature: ({ context }, event: Sign) => mayBeSigned(context, event),
	},
	actions: {
		edit: assign((_, { textSha256, inForceFrom }: { textSha256: string; inForceFrom: Instant | null }) => ({
			textSha256,
			inForceFrom,
		})),
		openForSigning: assign(({ context }, { at }: { at: Instant }) => ({
			signBy: context.inForceFrom ?? plusMs(at, SIGN_WITHIN_MS),
			steppedAt: at,
		})),
		recordSignature: assign(({ context }, { ownerId, at }: Sign) => ({
			signatures: [...context.signatures, { ownerId, at }],
			steppedAt: at,
		})),
		close: assign((_, { actorId, at }: Close) => ({ closedBy: actorId, closedAt: at })),
		recordStop: assign((_, { code, at }: { code: string; at: Instant }) => ({
			stoppedBy: code,
			closedAt: at,
		})),
		enforce: emit(({ context: { amendmentId } }) => ({ type: 'charter.enforce' as const, amendmentId })),
	},
	delays: {
		timeToSign: ({ context }) => msUntil(context.steppedAt, context.signBy),
		timeToForce: ({ context }) => msUntil(context.steppedAt, context.inForceFrom),
	},
}).createMachine({
	id: 'charterAmendment',
	initial: 'draft',
	context: ({ input }) => ({
		...input,
		signBy: null,
		signatures: [],
		steppedAt: null,
		closedAt: null,
		closedBy: null,
		stoppedBy: null,
	}),
	states: {
		draft: {
			on: {
				EDIT: { actions: { type: 'edit', params: ({ event }) => event } },
				PROPOSE: {
					guard: { type: 'isTimely', params: ({ event }) => event },
					target: 'proposed',
					actions: { type: 'openForSigning', params: ({ event }) => event },
				},
				WITHDRAW: { target: 'withdrawn', actions: { type: 'close', params: ({ event }) => event } },
			},
		},
		proposed: {
			after: { timeToSign: { target: 'lapsed' } },
			on: {
				SIGN: [
					{
						guard: { type: 'completesNow', params: ({ event }) => event },
						actions: { type: 'recordSignature', params: ({ event }) => event },
						target: 'inForce',
					},
					{
						guard: { type: 'completes', params: ({ event }) => event },
						actions: { type: 'recordSignature', params: ({ event }) => event },
						target: 'signed',
					},
					{
						guard: { type: 'addsSignature', params: ({ event }) => event },
						actions: { type: 'recordSignature', params: ({ event }) => event },
					},
				],
				REJECT: { target: 'rejected', actions: { type: 'close', params: ({ event }) => event } },
				WITHDRAW: { target: 'withdrawn', actions: { type: 'close', params: ({ event }) => event } },
				STOP: { target: 'stopped', actions: { type: 'recordStop', params: ({ event }) => event } },
			},
		},
		signed: {
			after: { timeToForce: { target: 'inForce' } },
			on: {
				REJECT: { target: 'rejected', actions: { type: 'close', params: ({ event }) => event } },
				WITHDRAW: { target: 'withdrawn', actions: { type: 'close', params: ({ event }) => event } },
				STOP: { target: 'stopped', actions: { type: 'recordStop', params: ({ event }) => event } },
			},
		},
		inForce: { entry: 'enforce', on: { SUPERSEDE: 'superseded' } },
		superseded: { type: 'final' },
		withdrawn: { type: 'final' },
		rejected: { type: 'final' },
		lapsed: { type: 'final' },
		stopped: { type: 'final' },
	},
})

export const AMENDMENT_STATES = [
	'draft',
	'proposed',
	'signed',
	'inForce',
	'superseded',
	'withdrawn',
	'rejected',
	'lapsed',
	'stopped',
] as const
export type AmendmentState = (typeof AMENDMENT_STATES)[number]
