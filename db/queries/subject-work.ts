import { and, asc, eq, ne, or, sql } from 'drizzle-orm'
import type { Reader } from '../client.ts'
import {
	absences,
	breakGlassSignatures,
	breakGlassUses,
	decisions,
	drafts,
	filings,
	findingDecisions,
	findings,
	grants,
	lockboxDecisions,
	lockboxRequests,
	readinessTasks,
	requestMessages,
	requests,
} from '../schema/index.ts'

/** What one person asked for, was given, wrote and decided: access, break-glass and customer content. */
export async function workOf(reader: Reader, personId: string) {
	return {
		requests: await reader
			.select({
				id: requests.id,
				number: requests.number,
				role: requests.role,
				reason: requests.reason,
				ticket: requests.ticket,
				durationSeconds: requests.durationSeconds,
				state: requests.state,
				createdAt: requests.createdAt,
			})
			.from(requests)
			.where(eq(requests.requesterId, personId))
			.orderBy(asc(requests.createdAt)),
		filedForOthers: await reader
			.select({
				id: requests.id,
				number: requests.number,
				role: requests.role,
				reason: requests.reason,
				ticket: requests.ticket,
				state: requests.state,
				createdAt: requests.createdAt,
			})
			.from(requests)
			.where(and(eq(requests.filedBy, personId), ne(requests.requesterId, personId)))
			.orderBy(asc(requests.createdAt)),
		filings: await reader
			.select({ id: filings.id, refused: filings.refused, createdAt: filings.createdAt })
			.from(filings)
			.where(eq(filings.filedBy, personId))
			.orderBy(asc(filings.createdAt)),
		accesses: await reader
			.select({ id: grants.id, role: grants.role, state: grants.state, createdAt: grants.createdAt })
			.from(grants)
			.where(eq(grants.personId, personId))
			.orderBy(asc(grants.createdAt)),
		messages: await reader
			.select({
				requestId: requestMessages.requestId,
				kind: requestMessages.kind,
				text: requestMessages.text,
				at: requestMessages.at,
			})
			.from(requestMessages)
			.where(eq(requestMessages.authorId, personId))
			.orderBy(asc(requestMessages.at)),
		drafts: await reader
			.select({ kind: drafts.kind, fields: drafts.fields, updatedAt: drafts.updatedAt })
			.from(drafts)
			.where(eq(drafts.personId, personId))
			.orderBy(asc(drafts.updatedAt)),
		absences: await reader
			.select({
				from: absences.validFrom,
				until: absences.validUntil,
				standInId: absences.standInId,
			})
			.from(absences)
			.where(eq(absences.personId, personId))
			.orderBy(asc(absences.validFrom)),
		standsInFor: await reader
			.select({ absentId: absences.personId, from: absences.validFrom, until: absences.validUntil })
			.from(absences)
			.where(eq(absences.standInId, personId))
			.orderBy(asc(absences.validFrom)),
		decisions: await reader
			.select({
				requestId: decisions.requestId,
				stage: decisions.stage,
				verdict: decisions.verdict,
				reason: decisions.reason,
				decidedAt: decisions.decidedAt,
			})
			.from(decisions)
			.where(eq(decisions.approverId, personId))
			.orderBy(asc(decisions.decidedAt)),
		breakGlass: await reader
			.select({
				id: breakGlassUses.id,
				number: breakGlassUses.number,
				usingRole: breakGlassUses.usingRole,
				role: breakGlassUses.role,
				reason: breakGlassUses.reason,
				ticket: breakGlassUses.ticket,
				state: breakGlassUses.state,
				offline: breakGlassUses.offline,
				createdAt: breakGlassUses.createdAt,
			})
			.from(breakGlassUses)
			.where(eq(breakGlassUses.userId, personId))
			.orderBy(asc(breakGlassUses.createdAt)),
		breakGlassWitnessed: await reader
			.select({ id: breakGlassUses.id, number: breakGlassUses.number, createdAt: breakGlassUses.createdAt })
			.from(breakGlassUses)
			.where(sql`${breakGlassUses.offline} -> 'witnesses' ? ${personId}`)
			.orderBy(asc(breakGlassUses.createdAt)),
		breakGlassSignatures: await reader
			.select({
				useId: breakGlassSignatures.useId,
				part: breakGlassSignatures.part,
				verdict: breakGlassSignatures.verdict,
				findings: breakGlassSignatures.findings,
				at: breakGlassSignatures.at,
			})
			.from(breakGlassSignatures)
			.where(eq(breakGlassSignatures.signerId, personId))
			.orderBy(asc(breakGlassSignatures.at)),
		lockboxRequests: await reader
			.select({
				id: lockboxRequests.id,
				number: lockboxRequests.number,
				provider: lockboxRequests.provider,
				asked: lockboxRequests.asked,
				state: lockboxRequests.state,
				createdAt: lockboxRequests.createdAt,
			})
			.from(lockboxRequests)
			.where(or(eq(lockboxRequests.requesterId, personId), eq(lockboxRequests.beneficiaryId, personId)))
			.orderBy(asc(lockboxRequests.createdAt)),
		lockboxDecisions: await reader
			.select({
				requestId: lockboxDecisions.requestId,
				stage: lockboxDecisions.stage,
				verdict: lockboxDecisions.verdict,
				reason: lockboxDecisions.reason,
				at: lockboxDecisions.at,
			})
			.from(lockboxDecisions)
			.where(eq(lockboxDecisions.approverId, personId))
			.orderBy(asc(lockboxDecisions.at)),
		findings: await reader
			.select({
				number: findings.number,
				about: findings.key,
				family: findings.family,
				state: findings.state,
				createdAt: findings.createdAt,
				removedAt: findings.removedAt,
			})
			.from(findings)
			.where(eq(findings.personId, personId))
			.orderBy(asc(findings.createdAt)),
		findingDecisions: await reader
			.select({
				findingId: findingDecisions.findingId,
				step: findingDecisions.step,
				reason: findingDecisions.reason,
				acceptedUntil: findingDecisions.acceptedUntil,
				at: findingDecisions.at,
			})
			.from(findingDecisions)
			.where(eq(findingDecisions.officerId, personId))
			.orderBy(asc(findingDecisions.at)),
		readinessTasks: await reader
			.select({
				what: readinessTasks.what,
				about: readinessTasks.about,
				dueOn: readinessTasks.dueOn,
				note: readinessTasks.note,
				doneAt: readinessTasks.doneAt,
			})
			.from(readinessTasks)
			.where(or(eq(readinessTasks.ownerId, personId), eq(readinessTasks.doneBy, personId)))
			.orderBy(asc(readinessTasks.dueOn)),
	}
}
