import { durationMs } from '#workflows/shared/instants.ts'
import { titleOf } from '../access/summarise.server.ts'
import type { Deps } from '../deps.ts'
import type { CharterView } from '../views.ts'

const seconds = (text: string) => (durationMs(text) ?? 0) / 1000

/** The charter in force, in the terms of the page. Everybody may read it. */
export async function showCharter({ database, now, charters }: Deps): Promise<CharterView> {
	const inForce = await charters.inForce(database.db, now())
	const { charter } = inForce
	return {
		...charter.charter,
		inForceFrom: inForce.inForceFrom.toISOString(),
		textSha256: inForce.textSha256,
		yaml: inForce.yaml,
		facilities: Object.entries(charter.facilities).map(([key, facility]) => ({ key, ...facility })),
		roles: Object.entries(charter.roles).map(([key, role]) => ({
			key,
			title: role.title,
			purpose: role.purpose,
			duties: role.duties,
			citizenshipAnyOf: role.citizenship.anyOf,
			citizenshipNoneOf: role.citizenship.noneOf,
			clearances: role.clearance.anyOf.map(({ scheme, level }) => `${scheme} ${level}`),
			facilities: role.facilities.map((name) => charter.facilities[name]?.title ?? name),
			access: role.access
				? {
						entraRole: role.access.entra.name,
						maximumSeconds: seconds(role.access.maximumDuration),
						requestedBy: role.access.requestedBy.map((name) => titleOf(charter, name)),
						ticketExample: role.access.ticket.example,
						stages: role.access.stages.map(({ from, quorum, within }) => ({
							title: titleOf(charter, from),
							quorum,
							withinSeconds: seconds(within),
						})),
					}
				: null,
		})),
	}
}
