import { amendmentsByVersion } from '#db/queries/amendments.ts'
import { findCharterVersionNumber, listCharterVersions } from '#db/queries/charter.ts'
import { indexesOf } from '#db/queries/ledger.ts'
import { termsOf } from '#workflows/charter/terms.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import {
	beforeGrantingOf,
	breakGlassAccountsOf,
	endsSessions,
	FINDING_KINDS,
	massRemovalOf,
	reactionTo,
} from '#workflows/charter/entra.schema.ts'
import { durationMs } from '#workflows/shared/instants.ts'
import { titleOf } from '../access/summarise.server.ts'
import type { Deps } from '../deps.ts'
import { showPlaces } from './show-places.server.ts'
import type { CharterInForce } from './charter-store.server.ts'
import type { CharterText, CharterView, VersionRow } from './views.ts'

const seconds = (text: string) => (durationMs(text) ?? 0) / 1000

/** The charter in force, in the terms of the page. Everybody may read it. */
export async function showCharter(deps: Deps): Promise<CharterView> {
	return viewOf(deps, await deps.charters.inForce(deps.database.db), true)
}

/** Any version that is or was in force, by its number. */
export async function showVersion(deps: Deps, number: number): Promise<CharterView> {
	const { db } = deps.database
	const inForce = await deps.charters.inForce(db)
	const row = await deps.charters.version(db, (await findCharterVersionNumber(db, number)).id)
	return viewOf(deps, row, row.id === inForce.id)
}

async function viewOf(deps: Deps, row: CharterInForce, isInForce: boolean): Promise<CharterView> {
	const { id, inForceFrom, textSha256, yaml, entryId, charterId, version } = row
	const { db } = deps.database
	const rows = await listCharterVersions(db)
	const next = rows.find((other) => other.charterId === charterId && other.version === version + 1)
	return {
		id,
		isInForce,
		inForceFrom: inForceFrom.toISOString(),
		inForceUntil: next?.inForceFrom.toISOString() ?? null,
		textSha256,
		yaml,
		entryIndex: (await indexesOf(db, [entryId])).get(entryId) ?? null,
		amendmentId: (await amendmentsByVersion(db, charterId)).get(version) ?? null,
		places: isInForce ? await showPlaces(deps, row.charter) : null,
		...tellCharter(row.charter),
	}
}

/** Every version that was ever in force, newest first. Everybody may read them. */
export async function showVersions({ database }: Deps): Promise<VersionRow[]> {
	const { db } = database
	const rows = await listCharterVersions(db)
	const indexes = await indexesOf(
		db,
		rows.map(({ entryId }) => entryId),
	)
	const brought = new Map<string, ReadonlyMap<number, string>>()
	for (const charterId of new Set(rows.map((row) => row.charterId)))
		brought.set(charterId, await amendmentsByVersion(db, charterId))
	return rows.map(({ charterId, version, inForceFrom, textSha256, entryId }, i) => ({
		version,
		inForceFrom: inForceFrom.toISOString(),
		inForceUntil: rows[i - 1]?.inForceFrom.toISOString() ?? null,
		textSha256,
		entryIndex: indexes.get(entryId) ?? null,
		amendmentId: brought.get(charterId)?.get(version) ?? null,
	}))
}

/** A charter in words and lists; what each role asks for, everything else in the charter already laid over it. */
export function tellCharter(charter: Charter): CharterText {
	const titles = (keys: readonly string[] = []) => keys.map((key) => titleOf(charter, key))
	const { separationOfDuty: apart, lockbox, breakGlass } = charter
	const { id: charterId, ...head } = charter.charter
	return {
		...head,
		charterId,
		tenants: charter.charter.tenants ?? [],
		facilities: Object.entries(charter.facilities).map(([key, facility]) => ({ key, ...facility })),
		agreements: Object.entries(charter.agreements).map(([key, agreement]) => ({ key, ...agreement })),
		roles: Object.entries(charter.roles).map(([key, role]) => ({
			key,
			title: role.title,
			purpose: role.purpose,
			duties: role.duties,
			handles: role.handles,
			reviewEvery: role.review?.every ?? null,
			retention: role.retention ?? null,
			asks: (termsOf(charter, { role: key, part: role.access ? 'requester' : 'holder' }) ?? [])
				// Said elsewhere: how long at most, and by the role itself that its holders are appointed to it.
				.filter(({ code }) => code !== 'DURATION' && (role.access !== undefined || code !== 'APPOINTMENT'))
				.map(({ code, required }) => ({ code, required })),
			access: role.access
				? {
						entraRole: role.access.entra.name,
						maximumSeconds: seconds(role.access.maximumDuration),
						requestedBy: titles(role.access.requestedBy),
						benefits: role.access.benefits === undefined ? null : titles(role.access.benefits),
						ticketExample: role.access.ticket.example,
						stages: role.access.stages.map(({ from, quorum, within, alongside, denials, escalation }) => ({
							title: titleOf(charter, from),
							quorum,
							...(alongside
								? {
										alongside: alongside.map((group) => ({
											title: titleOf(charter, group.from),
											quorum: group.quorum,
										})),
									}
								: {}),
							...(denials === undefined || denials === 1 ? {} : { denials }),
							withinSeconds: seconds(within),
							escalation: escalation
								? { title: titleOf(charter, escalation.to), afterSeconds: seconds(escalation.after) }
								: null,
						})),
					}
				: null,
		})),
		apart: [
			...(apart?.neverHeldTogether ?? []).map((pair) => ({ how: 'held' as const, roles: titles(pair) })),
			...(apart?.neverActiveTogether ?? []).map((pair) => ({ how: 'active' as const, roles: titles(pair) })),
			...(apart?.neverAcross ?? []).map(({ requests, approves }) => ({
				how: 'across' as const,
				roles: titles([requests, approves]),
			})),
		],
		lockbox: lockbox
			? {
					maximumSeconds: seconds(lockbox.maximumDuration),
					stages: lockbox.stages.map(({ from, quorum, within }) => ({
						title: titleOf(charter, from),
						quorum,
						withinSeconds: seconds(within),
						escalation: null,
					})),
				}
			: null,
		breakGlass: breakGlass
			? {
					usedBy: titles(breakGlass.usedBy),
					roles: titles(breakGlass.roles),
					maximumSeconds: seconds(breakGlass.maximumDuration),
					secondOfficer: breakGlass.secondOfficer,
					tells: titles(breakGlass.tells),
					review: {
						title: titleOf(charter, breakGlass.review.by),
						quorum: breakGlass.review.quorum,
						withinSeconds: seconds(breakGlass.review.within),
					},
				}
			: null,
		undisclosedRequester: charter.undisclosedRequester ?? 'deny',
		entra: {
			beforeGranting: beforeGrantingOf(charter),
			endSessions: endsSessions(charter),
			reactions: FINDING_KINDS.map((kind) => ({ kind, reaction: reactionTo(charter, kind) })),
			massRemoval: massRemovalOf(charter),
			breakGlassAccounts: breakGlassAccountsOf(charter),
		},
	}
}
