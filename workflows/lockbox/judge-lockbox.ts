import type { Charter } from '../charter/charter.schema.ts'
import { LEFT_OUT } from '../charter/enforcement.ts'
import { judge, type JudgeUnder } from '../charter/eligibility.ts'
import type { PersonFacts } from '../charter/facts.ts'
import type { Verdict } from '../charter/verdict.ts'
import { digestOf } from '../ledger/leaf.ts'
import { durationMs, earliest, type Instant } from '../shared/instants.ts'
import type { LockboxDenial, LockboxStage } from './lockbox-context.ts'
import type { Provider } from './providers.ts'

/** What a charter says of requests for customer content, in the units that the statechart counts in. */
export type LockboxRule = { stages: LockboxStage[]; maximumMs: number }

/** The section on the lockbox; null where the charter has none, and then every request is denied. */
export function lockboxRule({ lockbox }: Charter): LockboxRule | null {
	if (!lockbox) return null
	return {
		stages: lockbox.stages.map(({ from, quorum, within }) => ({
			from,
			quorum,
			withinMs: durationMs(within) ?? 0,
		})),
		maximumMs: durationMs(lockbox.maximumDuration) ?? 0,
	}
}

/** What is judged of a request beside the people who decide on it. */
export type AskedLockbox = {
	/** Null: the provider did not say, or tied it to something that has no end. */
	durationMs: number | null
	/** Whether the provider says who asks, from where and with which clearance: all of it. */
	isDisclosed: boolean
	hasBoundary: boolean
	/** Of a request from inside: whether the requester satisfies the charter; null for a provider's. */
	requester: Verdict | null
}

/** Every reason for which a request can only be denied; empty where the stages decide. What cannot be told denies. */
export function judgeLockbox(
	charter: Charter,
	{ durationMs: asked, isDisclosed, hasBoundary, requester }: AskedLockbox,
): LockboxDenial[] {
	const rule = lockboxRule(charter)
	const denials: LockboxDenial[] = []
	if (rule === null) denials.push('NO_LOCKBOX_SECTION')
	if (!isDisclosed && charter.undisclosedRequester !== 'stages-decide') denials.push('REQUESTER_UNDISCLOSED')
	if (!hasBoundary) denials.push('NO_BOUNDARY')
	if (asked === null) denials.push('DURATION_UNKNOWN')
	else if (rule !== null && (asked <= 0 || asked > rule.maximumMs)) denials.push('DURATION_OVER_CAP')
	if (requester !== null && !requester.permit) denials.push('REQUESTER_UNFIT')
	return denials
}

/** Whether somebody of ours may have the access for which they ask: as holder of their role, for the whole time. */
export const judgeInsider = (
	charter: Charter,
	facts: PersonFacts,
	role: string,
	durationMs: number,
	at: Instant,
	judgeUnder: JudgeUnder = judge,
): Verdict => judgeUnder(charter, facts, { role, part: 'holder', at, durationMs })

/**
 * Whether somebody may decide at a stage: as holder of its role under the charter that the request is pinned to, and
 * where another one has come into force since, under that as well. `eligibilitySha256` is what the decision signs.
 */
export function judgeLockboxApprover(
	charters: readonly Charter[],
	facts: PersonFacts,
	from: string,
	at: Instant,
	judgeUnder: JudgeUnder = judge,
): { approver: Verdict; eligibilitySha256: string } {
	const [first, ...rest] = charters.map((charter) =>
		judgeUnder(charter, facts, { role: from, part: 'holder', at, durationMs: 0 }),
	)
	if (!first) throw new Error('At least one charter is needed.')
	const approver = rest.reduce((strict, next) => {
		if (!strict.permit) return strict
		if (!next.permit) return next
		return earliest([strict.until, next.until]) === strict.until ? strict : next
	}, first)
	return { approver, eligibilitySha256: digestOf({ approver }) }
}

/**
 * Whether an approval still counts that was given while others are awaited: its giver must be somebody who may decide
 * there. Where they are at the moment, and whether they are on duty, does not matter any more.
 */
export const approvalStands = (
	charters: readonly Charter[],
	facts: PersonFacts,
	from: string,
	at: Instant,
	judgeUnder: JudgeUnder = judge,
): boolean =>
	charters.every(
		(charter) =>
			judgeUnder(charter, facts, { role: from, part: 'holder', at, durationMs: 0, standing: true }).permit,
	)

/**
 * Why what one of ours asked for, or has, no longer stands for them; null while it does. `waiting` is judged for its
 * whole duration, `running` at each of its moments, as an access to a role is.
 */
export function insiderFell(
	charters: readonly Charter[],
	facts: PersonFacts,
	role: string,
	{ phase, durationMs: asked }: { phase: 'waiting' | 'running'; durationMs: number },
	at: Instant,
	judgeUnder: JudgeUnder = judge,
): string | null {
	const durationMs = phase === 'running' ? 0 : asked
	for (const charter of charters) {
		const { permit, clauses } = judgeUnder(charter, facts, { role, part: 'holder', at, durationMs })
		if (permit) continue
		const failing = clauses.filter(({ satisfied }) => !satisfied)
		// A verdict that denies for no clause is none to rely on.
		if (failing.length === 0) return 'ROLE_GONE'
		const counting = failing.find(({ code }) => !LEFT_OUT[phase].has(code))
		if (counting) return counting.code
	}
	return null
}

/** A resource as boundaries state it: lower case, and with the slash that Azure leaves out now and then. */
export function normalResource(provider: Provider, resource: string): string {
	const text = resource.trim().toLowerCase()
	return provider === 'azure' && !text.startsWith('/') ? `/${text}` : text
}

/**
 * The boundary that a request lies in. Azure names resources: all of them must lie in the subscription, and a request
 * that names none lies nowhere. Other providers ask of a tenant or an organisation as a whole, which is the scope.
 */
export function matchBoundary<B extends { provider: Provider; scope: string }>(
	boundaries: readonly B[],
	{ provider, scope, resources }: { provider: Provider; scope: string; resources: readonly string[] },
): B | null {
	const found = boundaries.find(
		(boundary) => boundary.provider === provider && boundary.scope === scope.toLowerCase(),
	)
	if (found === undefined || provider !== 'azure') return found ?? null
	const isInside = (resource: string) => {
		const text = normalResource('azure', resource)
		return text === found.scope || text.startsWith(`${found.scope}/`)
	}
	return resources.length > 0 && resources.every(isInside) ? found : null
}
