import { termsOf } from '#workflows/charter/terms.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { durationMs } from '#workflows/shared/instants.ts'
import { titleOf } from '../access/summarise.server.ts'
import type { Deps } from '../deps.ts'
import type { CharterText, CharterView } from './views.ts'

const seconds = (text: string) => (durationMs(text) ?? 0) / 1000

/** The charter in force, in the terms of the page. Everybody may read it. */
export async function showCharter({ database, now, charters }: Deps): Promise<CharterView> {
	const inForce = await charters.inForce(database.db, now())
	return {
		inForceFrom: inForce.inForceFrom.toISOString(),
		textSha256: inForce.textSha256,
		yaml: inForce.yaml,
		...tellCharter(inForce.charter),
	}
}

/** A charter in words and lists; what each role asks for, everything else in the charter already laid over it. */
export function tellCharter(charter: Charter): CharterText {
	const titles = (keys: readonly string[] = []) => keys.map((key) => titleOf(charter, key))
	const { separationOfDuty: apart, lockbox, breakGlass } = charter
	return {
		...charter.charter,
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
				.filter(({ code }) => role.access !== undefined || code !== 'APPOINTMENT')
				.map(({ code, required }) => ({ code, required })),
			access: role.access
				? {
						entraRole: role.access.entra.name,
						maximumSeconds: seconds(role.access.maximumDuration),
						requestedBy: titles(role.access.requestedBy),
						ticketExample: role.access.ticket.example,
						stages: role.access.stages.map(({ from, quorum, within, escalation }) => ({
							title: titleOf(charter, from),
							quorum,
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
	}
}
