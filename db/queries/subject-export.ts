import { asc, eq, or, sql } from 'drizzle-orm'
import type { Reader } from '../client.ts'
import { tellingAbout } from './mails.ts'
import {
	absences,
	apiTokens,
	breakGlassSignatures,
	breakGlassUses,
	lockboxDecisions,
	lockboxRequests,
	credentials,
	decisions,
	drafts,
	grants,
	people,
	providerBoundaries,
	providerHolders,
	providerShifts,
	presences,
	requestMessages,
	requests,
	sessions,
	tenantUsers,
} from '../schema/index.ts'

/**
 * What is held of one person beside their file: the account at the tenant, presences, passkeys, requests, accesses, decisions, sign-ins, and the
 * entries of the record about them with what is still opened. Evidence of decisions of others, and what those were judged
 * on, hold others' data and are left out.
 */
export async function everythingAbout(reader: Reader, personId: string) {
	const { rows: entries } = await reader.execute<{
		index: string | null
		id: string
		kind: string
		time: string
		opened: Record<string, unknown> | null
	}>(sql`
		select e.index, e.id, e.kind, e.time,
			(select jsonb_object_agg(o."group", o.record) from ledger_openings o
				where o.entry_id = e.id and not (e.kind in ('request.decided', 'amendment.decided'))) as opened
		from (
			select index, id, kind, time from ledger_entries where subject = ${personId}
			union all
			select null, id, kind, time from ledger_pending where subject = ${personId}
		) e
		order by e.index nulls last, e.time`)
	return {
		told: await tellingAbout(reader, personId),
		accounts: await reader
			.select({
				objectId: tenantUsers.objectId,
				userPrincipalName: tenantUsers.userPrincipalName,
				displayName: tenantUsers.displayName,
				accountEnabled: tenantUsers.accountEnabled,
				userType: tenantUsers.userType,
				removed: tenantUsers.removed,
				removedAt: tenantUsers.removedAt,
				methodKinds: tenantUsers.methodKinds,
				methodsReadAt: tenantUsers.methodsReadAt,
			})
			.from(tenantUsers)
			.innerJoin(people, eq(people.entraObjectId, tenantUsers.objectId))
			.where(eq(people.id, personId)),
		presences: await reader
			.select()
			.from(presences)
			.where(eq(presences.personId, personId))
			.orderBy(asc(presences.validFrom)),
		passkeys: await reader
			.select({
				id: credentials.id,
				aaguid: credentials.aaguid,
				backedUp: credentials.backedUp,
				createdAt: credentials.createdAt,
				revokedAt: credentials.revokedAt,
			})
			.from(credentials)
			.where(eq(credentials.personId, personId))
			.orderBy(asc(credentials.createdAt)),
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
		providerRoles: await reader
			.select({
				boundary: providerBoundaries.name,
				role: providerBoundaries.approverRole,
				from: providerHolders.validFrom,
				until: providerHolders.validUntil,
				evidence: providerHolders.evidence,
			})
			.from(providerHolders)
			.innerJoin(providerBoundaries, eq(providerBoundaries.id, providerHolders.boundaryId))
			.where(eq(providerHolders.personId, personId))
			.orderBy(asc(providerHolders.validFrom)),
		duties: await reader
			.select({
				boundary: providerBoundaries.name,
				kind: providerShifts.kind,
				days: providerShifts.days,
				startsAt: providerShifts.startsAt,
				endsAt: providerShifts.endsAt,
				zone: providerShifts.zone,
				from: providerShifts.validFrom,
				until: providerShifts.validUntil,
				removedAt: providerShifts.removedAt,
			})
			.from(providerShifts)
			.innerJoin(providerBoundaries, eq(providerBoundaries.id, providerShifts.boundaryId))
			.where(eq(providerShifts.personId, personId))
			.orderBy(asc(providerShifts.validFrom)),
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
				createdAt: breakGlassUses.createdAt,
			})
			.from(breakGlassUses)
			.where(eq(breakGlassUses.userId, personId))
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
		sessions: await reader
			.select({
				createdAt: sessions.createdAt,
				lastSeenAt: sessions.lastSeenAt,
				endedAt: sessions.endedAt,
			})
			.from(sessions)
			.where(eq(sessions.personId, personId))
			.orderBy(asc(sessions.createdAt)),
		tokens: await reader
			.select({
				name: apiTokens.name,
				scopes: apiTokens.scopes,
				createdAt: apiTokens.createdAt,
				expiresAt: apiTokens.expiresAt,
				lastUsedAt: apiTokens.lastUsedAt,
				revokedAt: apiTokens.revokedAt,
			})
			.from(apiTokens)
			.where(eq(apiTokens.personId, personId))
			.orderBy(asc(apiTokens.createdAt)),
		entries: entries.map(({ index, ...entry }) => ({
			index: index === null ? null : Number(index),
			...entry,
		})),
	}
}
