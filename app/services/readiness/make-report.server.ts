import { everybody } from '#db/queries/people.ts'
import { factsOf } from '#db/queries/facts.ts'
import {
	holdPlan,
	insertReport,
	reportReadLater,
	updatePlan,
	type PlanChange,
} from '#db/queries/readiness.ts'
import { pictureUsers } from '#db/queries/tenant-users.ts'
import { holdCharter } from '#db/queries/charter.ts'
import type { Reader, Tx } from '#db/client.ts'
import { breakGlassAccountsOf } from '#workflows/charter/entra.schema.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import type { FileProblem } from '#workflows/tenant/file-problem.ts'
import { governedGroups } from '#workflows/tenant/readiness/governed-places.ts'
import { filesDigest } from '#workflows/tenant/readiness/files-digest.ts'
import type { TenantPicture } from '#workflows/tenant/tenant-picture.ts'
import { kindsNotJudged } from '#workflows/tenant/readiness/needs.ts'
import type { Memberships } from '#workflows/tenant/readiness/judge-break-glass.ts'
import type { ReadinessReport } from '#workflows/tenant/readiness/report.schema.ts'
import { wholePercent } from '#workflows/tenant/readiness/scores.ts'
import { MILESTONES, planOf } from '#workflows/tenant/readiness/plan.ts'
import type { ReadOptions } from '#app/integrations/tenant-port.ts'
import type { Deps } from '../deps.ts'
import { recordEntry } from '../record-entry.server.ts'
import { ROUND_EVERY_MS } from '../tenant/sync-users.server.ts'
import { membershipsOf } from './memberships.ts'
import { withJudge, type Judge } from './judge-apart.server.ts'
import type { Judged } from './judging-thread.ts'
import type { PersonToJudge } from './judge-tenant.ts'
import { approvedIn } from './approved.server.ts'
import { belonging } from './belonging.ts'
import { recordPlan } from './record-plan.server.ts'
import type { TenantFile } from './tenant-files.ts'

const DAY_MS = 86_400_000
const BATCH = 500
/** A mirror of users that missed so many rounds is not kept any more. */
const OLDEST_MIRROR_MS = 3 * ROUND_EVERY_MS

/** Runs in the transaction that stores a report, and refuses it by throwing. */
export type OnStored = (tx: Tx, report: { id: string; at: Date }) => Promise<void>

/**
 * Reads the tenant and judges it by the charter in force, in somebody's name; gives the number of the report. `TENANT_UNREAD` where
 * nobody could be read who holds a role.
 */
export async function reportFromTenant(
	deps: Deps,
	madeBy: string,
	{ onMethods, onStored }: { onMethods?: ReadOptions['onMethods']; onStored?: OnStored } = {},
): Promise<{ number: number }> {
	for (;;) {
		const { charter } = await deps.charters.inForce(deps.database.db)
		const picture = await readFor(deps, charter, onMethods)
		const memberships = await membershipsOf(deps.reader, charter)
		const number = await withJudge(async (judge) => {
			await judge.take(picture)
			const read = { judge, memberships, readFor: charter }
			return storeReport(deps, madeBy, read, 'tenant', onStored)
		})
		if (number !== null) return { number }
	}
}

/** What the tenant holds, with all that this charter asks for. */
async function readFor(
	deps: Deps,
	charter: Charter,
	onMethods: ReadOptions['onMethods'],
): Promise<TenantPicture> {
	// A delta query keeps the mirror; without one that was read whole and is kept, everybody is paged through.
	const since = new Date(deps.now().getTime() - OLDEST_MIRROR_MS)
	const mirror = await pictureUsers(deps.database.db, deps.reader.tenant, since)
	const picture = await deps.reader.readTenant(governedBy(charter), {
		users: mirror ?? 'read',
		...(onMethods === undefined ? {} : { onMethods }),
	})
	if (!picture.parts.roleInstances.read && !picture.parts.roleAssignments.read)
		throw new DomainError('TENANT_UNREAD', 'Nobody could be read who holds a role.', {
			code: picture.parts.roleAssignments.code ?? '',
		})
	return picture
}

/** What a reader is told to look at for a charter. */
const governedBy = (charter: Charter) => ({
	groupIds: governedGroups(charter),
	accountIds: breakGlassAccountsOf(charter).map(({ objectId }) => objectId),
})
const asksForTheSame = (one: Charter, other: Charter): boolean => {
	const [a, b] = [one, other].map((charter) =>
		JSON.stringify(Object.values(governedBy(charter)).map((ids) => ids.toSorted())),
	)
	return a === b
}

/**
 * Judges exported files, given then; gives the number of the report, or what is wrong with the files where they are of no use.
 * `FILES_OTHER_TENANT` where they say that they are of another tenant than ours. The sandbox is nobody's tenant: it takes all.
 */
export async function reportFromFiles(
	deps: Deps,
	madeBy: string,
	{ files, readAt }: { files: readonly TenantFile[]; readAt: Date },
	onStored?: OnStored,
): Promise<{ number: number | null; problems: readonly FileProblem[] }> {
	return withJudge(async (judge) => {
		for (;;) {
			const { charter } = await deps.charters.inForce(deps.database.db)
			const groupIds = governedGroups(charter)
			const { problems, isUseful, tenantId } = await judge.readFiles(files, { readAt, groupIds })
			if (deps.tenant.kind === 'entra' && belonging(deps, tenantId) === 'other')
				throw new DomainError('FILES_OTHER_TENANT', 'The files are of another tenant.', { tenantId })
			// A file that is broken is mended before a report is made of the others: it would be held against them.
			if (problems.length > 0) return { number: null, problems }
			if (!isUseful) return { number: null, problems: [NOBODY_HOLDS] }
			const read = { judge, memberships: new Map(), readFor: charter }
			const number = await storeReport(deps, madeBy, read, 'files', onStored)
			if (number !== null) return { number, problems: [] }
		}
	})
}

const NOBODY_HOLDS: FileProblem = { file: 'roleAssignments.json', code: 'notAList', detail: {} }

/**
 * Judges what was read by the charter in force, and stores the report with what it makes of the plan. Reading takes minutes: where
 * another version came into force meanwhile, it is that one that counts. Null where that one governs other groups, or names other
 * accounts for emergencies: of these nobody looked, so that it must be read again.
 */
async function storeReport(
	deps: Deps,
	madeBy: string,
	{ judge, memberships, readFor }: { judge: Judge; memberships: Memberships; readFor: Charter },
	source: 'tenant' | 'files',
	onStored?: OnStored,
): Promise<number | null> {
	const { db } = deps.database
	for (;;) {
		const inForce = await deps.charters.inForce(db)
		if (!asksForTheSame(inForce.charter, readFor)) return null
		const at = deps.now()
		const judged = await judge.judge(inForce.charter, peopleIn(db), {
			approved: await approvedIn(db, inForce.charter),
			memberships,
			at,
		})
		const made = { ...judged, source, charterEntry: inForce.entryId, at, onStored }
		const number = await deps.database.withTx(async (tx) => {
			await holdCharter(tx, 'judge')
			if ((await deps.charters.inForce(tx)).entryId !== inForce.entryId) return null
			return writeReport(tx, deps, madeBy, made)
		})
		if (number === null) continue
		deps.wake()
		return number
	}
}

type Made = Judged & {
	source: 'tenant' | 'files'
	charterEntry: string
	at: Date
	onStored: OnStored | undefined
}

async function writeReport(
	tx: Tx,
	deps: Deps,
	madeBy: string,
	{ report, names, readSha256, reportSha256, source, charterEntry, at, onStored }: Made,
): Promise<number> {
	await holdPlan(tx)
	const readAt = new Date(report.readAt)
	const isOutdated = (await reportReadLater(tx, { tenantId: deps.tenant.id, readAt })) !== null
	const reportId = deps.newId()
	const entryId = await recordEntry(tx, deps, {
		kind: 'readiness.reported',
		subject: null,
		actor: madeBy,
		open: {
			reportId,
			source,
			...(report.filesSha256 === undefined ? {} : { files: filesDigest(report.filesSha256) }),
			readAt: report.readAt,
			charterVersion: report.charter.version,
			charterEntry,
			readSha256,
			reportSha256,
			score: wholePercent(report.score),
			problems: report.problems.length,
		},
		sealed: {},
		at,
	})
	const number = await insertReport(
		tx,
		{
			id: reportId,
			madeAt: at,
			madeBy,
			source,
			readAt,
			charterVersion: report.charter.version,
			score: report.score,
			report,
			entryId,
		},
		names,
	)
	// What the tenant held before it was last read says nothing of what there is to do, nor of what was done since.
	const change = isOutdated ? NO_CHANGE : await planFrom(tx, deps, report, at)
	await onStored?.(tx, { id: reportId, at })
	await recordPlan(tx, deps, madeBy, { reportId, change, at })
	return number
}

const NO_CHANGE: PlanChange = { found: [], again: [], mended: [] }

function planFrom(tx: Tx, deps: Deps, report: ReadinessReport, at: Date): Promise<PlanChange> {
	const tasks = planOf(report).map((task) => ({
		...task,
		id: deps.newId(),
		dueOn: new Date(at.getTime() + task.dueDay * DAY_MS).toISOString().slice(0, 10),
	}))
	const notJudged = [...kindsNotJudged(report)]
	// What is not known to be of this tenant mends nothing in it.
	const mends = belonging(deps, report.tenantId) === 'own'
	return updatePlan(tx, tasks, { at, milestones: MILESTONES, notJudged, mends })
}

async function* peopleIn(reader: Reader): AsyncGenerator<PersonToJudge[]> {
	for await (const people of everybody(reader, BATCH)) {
		const facts = await factsOf(
			reader,
			people.map(({ id }) => id),
		)
		yield people.flatMap(({ id, entraObjectId }) => {
			const known = facts.get(id)
			return known === undefined ? [] : [{ objectId: entraObjectId, facts: known }]
		})
	}
}
