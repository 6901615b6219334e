import { asc, eq, sql } from 'drizzle-orm'
import type { Reader } from '../client.ts'
import { tellingAbout } from './mails.ts'
import { casesOf } from './subject-cases.ts'
import { actsOf, elsewhereOf } from './subject-elsewhere.ts'
import { workOf } from './subject-work.ts'
import {
	apiTokens,
	badgeEvents,
	badges,
	credentials,
	enrolmentLinks,
	evidenceFiles,
	people,
	presences,
	providerBoundaries,
	providerHolders,
	providerShifts,
	providerSightings,
	scimUsers,
	sessions,
	tenantUsers,
} from '../schema/index.ts'

/**
 * What is held of one person beside their file: accounts, badges, presences, passkeys, what they asked for and decided, cases
 * and suspensions, sign-ins, the entries of the record about them with what is still opened, those of what they did, and
 * where else their name stands. Evidence of decisions of others, and what those were judged on, hold others' data and are
 * left out; so are secrets. `IN_FULL` names the columns, and a test holds that no table is forgotten.
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
		directory: await reader
			.select({
				externalId: scimUsers.externalId,
				givenName: scimUsers.givenName,
				familyName: scimUsers.familyName,
				email: scimUsers.email,
				employeeNumber: scimUsers.employeeNumber,
				active: scimUsers.active,
				removedAt: scimUsers.removedAt,
				updatedAt: scimUsers.updatedAt,
			})
			.from(scimUsers)
			.where(eq(scimUsers.personId, personId)),
		badges: await reader
			.select({ number: badges.number, issuedAt: badges.issuedAt, returnedAt: badges.returnedAt })
			.from(badges)
			.where(eq(badges.personId, personId))
			.orderBy(asc(badges.issuedAt)),
		badgeEvents: await reader
			.select({
				at: badgeEvents.at,
				facility: badgeEvents.facility,
				direction: badgeEvents.direction,
				badge: badgeEvents.badge,
				receivedAt: badgeEvents.receivedAt,
			})
			.from(badgeEvents)
			.where(eq(badgeEvents.personId, personId))
			.orderBy(asc(badgeEvents.at)),
		presences: await reader
			.select()
			.from(presences)
			.where(eq(presences.personId, personId))
			.orderBy(asc(presences.validFrom)),
		evidenceFiles: await reader
			.select({
				id: evidenceFiles.id,
				type: evidenceFiles.type,
				sha256: evidenceFiles.sha256,
				bytes: evidenceFiles.bytes,
				storedAt: evidenceFiles.storedAt,
			})
			.from(evidenceFiles)
			.where(eq(evidenceFiles.personId, personId))
			.orderBy(asc(evidenceFiles.storedAt)),
		enrolmentLinks: await reader
			.select({
				createdAt: enrolmentLinks.createdAt,
				expiresAt: enrolmentLinks.expiresAt,
				usedAt: enrolmentLinks.usedAt,
			})
			.from(enrolmentLinks)
			.where(eq(enrolmentLinks.personId, personId))
			.orderBy(asc(enrolmentLinks.createdAt)),
		passkeys: await reader
			.select({
				id: credentials.id,
				aaguid: credentials.aaguid,
				backedUp: credentials.backedUp,
				deviceBound: credentials.deviceBound,
				attested: credentials.attested,
				lastUsedAt: credentials.lastUsedAt,
				createdAt: credentials.createdAt,
				revokedAt: credentials.revokedAt,
			})
			.from(credentials)
			.where(eq(credentials.personId, personId))
			.orderBy(asc(credentials.createdAt)),
		...(await workOf(reader, personId)),
		...(await casesOf(reader, personId)),
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
		sightings: await reader
			.select({
				boundary: providerBoundaries.name,
				role: providerBoundaries.approverRole,
				kind: providerSightings.kind,
				from: providerSightings.validFrom,
				until: providerSightings.validUntil,
			})
			.from(providerSightings)
			.innerJoin(providerBoundaries, eq(providerBoundaries.id, providerSightings.boundaryId))
			.innerJoin(people, sql`${people.entraObjectId}::text = ${providerSightings.objectId}`)
			.where(eq(people.id, personId)),
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
		acts: await actsOf(reader, personId),
		elsewhere: await elsewhereOf(reader, personId),
		entries: entries.map(({ index, ...entry }) => ({
			index: index === null ? null : Number(index),
			...entry,
		})),
	}
}
