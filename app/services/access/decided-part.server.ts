import type { Reader } from '#db/client.ts'
import type { RequestRow } from '#db/queries/requests.ts'
import type { DecisionEnvelope } from '#workflows/ledger/envelope.schema.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import type { Deps } from '../deps.ts'
import { demandLongEnough } from './asked-access.server.ts'
import type { DecisionJudgement } from './judge-decision.server.ts'
import { signedPlace } from '#workflows/grants/place.ts'

/** What an envelope says of one request. */
export type DecidedPart = Omit<
	DecisionEnvelope,
	'v' | 'purpose' | 'nonce' | 'reason' | 'approverId' | 'expiresAt'
>

export type DecisionChoice = {
	verdict: 'approve' | 'deny'
	/** Less than was asked for; left out, all of it. */
	grantedSeconds?: number | undefined
}

/**
 * What is to be signed of one request, as it is now. An approver may give less time than was asked for, and never more
 * (DURATION_LENGTHENED).
 */
export async function decidedPart(
	reader: Reader,
	{ charters }: Pick<Deps, 'charters'>,
	{ verdict, grantedSeconds }: DecisionChoice,
	request: RequestRow,
	{ stage, way, eligibilitySha256 }: DecisionJudgement,
): Promise<DecidedPart> {
	const { charter } = await charters.version(reader, request.charterVersionId)
	const access = charter.roles[request.role]?.access
	if (!access) throw new DomainError('ROLE_NOT_REQUESTABLE', 'The charter has no such role to ask for.')
	return {
		requestId: request.id,
		requestSha256: request.requestSha256,
		stage,
		...(way.group ? { group: way.group } : {}),
		...(way.escalated ? { escalated: way.escalated } : {}),
		...(way.absenceId === undefined ? {} : { absenceId: way.absenceId }),
		verdict,
		requesterId: request.requesterId,
		role: request.role,
		...signedPlace(access),
		durationSeconds: request.durationSeconds,
		...givenPart(request, verdict, grantedSeconds),
		...(request.startAt === null ? {} : { startAt: request.startAt.toISOString() }),
		charterTextSha256: request.charterTextSha256,
		eligibilitySha256,
	}
}

function givenPart(
	{ durationSeconds }: RequestRow,
	verdict: 'approve' | 'deny',
	grantedSeconds: number | undefined,
): { grantedSeconds?: number } {
	if (verdict === 'deny' || grantedSeconds === undefined || grantedSeconds === durationSeconds) return {}
	if (grantedSeconds > durationSeconds)
		throw new DomainError('DURATION_LENGTHENED', 'An approver gives at most what was asked for.', {
			maximumSeconds: durationSeconds,
		})
	demandLongEnough(grantedSeconds)
	return { grantedSeconds }
}
