import { mkdtempSync, rmSync, chmodSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { eq } from 'drizzle-orm'
import { readConfig } from '#app/config.server.ts'
import { sampleTexts } from '#app/sandbox/load-organisation.ts'
import { startCharterkeep } from '#app/server.ts'
import { createLog } from '#app/utils/log.server.ts'
import { findings } from '#db/schema/index.ts'
import { withRules } from '#test/factories/charter-text.ts'
import { print, round } from '../figure.ts'
import { quantile } from '../ledger/stage.ts'

const CHECKOUT = join(import.meta.dirname, '../../..')
const GROUP = '7d0c2f4e-5a1b-4c9d-8e3f-2b6a9c0d1e4f'
const STRANGER = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a01'
const ROLE_LINE =
	'entra: { roleTemplateId: 5d6b6bb7-de71-4623-b4af-96380a352509, name: Security Reader, scope: / }'
const RULES = `
  findings: { outOfBand: remove }
  massRemoval: { most: 1000, within: PT1H }`
const EVERY_SECONDS = Number(process.env.BENCH_RECONCILE_SECONDS ?? 60)
/** How often it is asked what changed in groups, which has a look at once. */
const DELTA_SECONDS = Number(process.env.BENCH_GROUP_DELTA_SECONDS ?? 10)
/** Of each kind; for a short trial. */
const ROUNDS = Number(process.env.BENCH_DRIFTS ?? 10)
const LONGEST_MS = 10 * 60_000

const ROLE = 'fe930be7-5e62-47db-91af-98c3a49a38b1'
const HOUR_MS = 3_600_000

/**
 * From somebody being put into a governed group, or given a governed role, beside Charterkeep, to Entra no longer listing them, by the
 * product's own loops and job on the sandbox tenant. What changes in groups is asked for between looks, and a role is found by a look
 * alone, so each is told apart. Roles are listed as an hour old: Entra removes none in its first five minutes, which would be all that
 * is measured.
 */
export async function benchDrift(): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), 'charterkeep-drift-'))
	chmodSync(folder, 0o711)
	const { charterYaml, peopleYaml } = sampleTexts()
	const charter = join(folder, 'charter.yaml')
	const people = join(folder, 'people.yaml')
	writeFileSync(
		charter,
		withRules(RULES)(
			charterYaml.replace(ROLE_LINE, `entra: { groupId: ${GROUP}, relation: member, name: Readers }`),
		),
	)
	writeFileSync(people, peopleYaml)
	const running = await startCharterkeep(
		readConfig(
			{
				PORT: '0',
				LOG_LEVEL: 'error',
				CHARTERKEEP_PROCESS: 'worker',
				CHARTERKEEP_SANDBOX: 'yes',
				CHARTERKEEP_DATA_DIR: join(folder, 'data'),
				CHARTERKEEP_CHARTER_FILE: charter,
				CHARTERKEEP_PEOPLE_FILE: people,
				CHARTERKEEP_RECONCILE_SECONDS: String(EVERY_SECONDS),
				CHARTERKEEP_GROUP_DELTA_SECONDS: String(DELTA_SECONDS),
			},
			CHECKOUT,
		),
		{ build: () => Promise.reject(new Error('There are no pages here.')), log: createLog('error') },
	)
	try {
		const { sandbox, deps } = running
		if (sandbox === null) throw new Error('The sandbox was not started.')
		const { db } = deps.database
		/** By the tenant's own books, whatever is said of it here. */
		const isHeld = {
			group: () => sandbox.groups.holds(GROUP, 'members', STRANGER),
			role: () =>
				[...sandbox.assignments(), ...sandbox.instances()].some(
					({ principalId, roleDefinitionId }) => principalId === STRANGER && roleDefinitionId === ROLE,
				),
		}
		const isGone = async (kind: Kind, after: number) => {
			if (isHeld[kind]()) return false
			const rows = await db.select().from(findings).where(eq(findings.state, 'removed'))
			return rows.some(
				({ removedAt, context }) =>
					context.difference.place?.kind === kind && removedAt !== null && removedAt.getTime() > after,
			)
		}
		const make = {
			group: () => sandbox.groups.change(GROUP, STRANGER, true),
			role: () =>
				sandbox.seedAssignments([
					{
						principalId: STRANGER,
						roleDefinitionId: ROLE,
						grantId: null,
						startAt: Date.now() - HOUR_MS,
						endAt: Date.now() + HOUR_MS,
					},
				]),
		}
		const took: Record<Kind, number[]> = { group: [], role: [] }
		for (let drift = 0; drift < ROUNDS; drift++)
			for (const kind of ['group', 'role'] as const) {
				// At any moment between two looks.
				await pause(Math.random() * EVERY_SECONDS * 1000)
				const from = Date.now()
				make[kind]()
				if (!isHeld[kind]()) throw new Error('Nothing was made that could be removed.')
				while (!(await isGone(kind, from))) {
					if (Date.now() - from > LONGEST_MS) throw new Error('It was not removed in ten minutes.')
					await pause(50)
				}
				took[kind].push((Date.now() - from) / 1000)
			}
		tell('drift', [...took.group, ...took.role], 'groups and roles in turn')
		tell('drift-groups', took.group, 'places in a group')
		tell('drift-roles', took.role, 'found by looks alone')
	} finally {
		await running.stop()
		rmSync(folder, { recursive: true, force: true })
	}
}

type Kind = 'group' | 'role'

function tell(name: string, seconds: readonly number[], how: string): void {
	const note = `${seconds.length} made beside Charterkeep, ${how}; a look every ${EVERY_SECONDS} s, changes in groups asked for every ${DELTA_SECONDS} s; roles are listed as given an hour before, since Entra refuses a removal in the first five minutes; load ${round(loadavg()[0] ?? 0)}`
	print({ name: `${name}-removed-median-seconds`, value: round(quantile(seconds, 0.5), 2), unit: 's', note })
	print({ name: `${name}-removed-worst-seconds`, value: round(Math.max(...seconds), 2), unit: 's', note })
}
