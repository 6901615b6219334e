import { setImmediate as breathe, setTimeout as pause } from 'node:timers/promises'
import type { Database } from '#db/client.ts'
import { factsOf } from '#db/queries/facts.ts'
import { appointedPage, recordSize, touchedSince } from '#db/queries/standing-rows.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { compiledOf } from '#workflows/charter/compiled.ts'
import { FACT_KINDS, type PersonFacts } from '#workflows/charter/facts.ts'
import { prepareFacts } from '#workflows/charter/prepared-facts.ts'
import type { ClauseCode } from '#workflows/charter/verdict.ts'
import type { Instant } from '#workflows/shared/instants.ts'
import type { Deps } from '../deps.ts'

const BATCH = 1000
/** Past this the page is shown without the finding, and says so. */
const PATIENCE_MS = 1500
/** How old a finding may get, however well it was kept up: then it is found anew beside the old one. */
const RENEWED_AFTER_MS = 6 * 3_600_000

/** An appointment that the charter in force does not permit, and the first clause that says so. */
export type Violation = { personId: string; role: string; code: ClauseCode }

type Person = {
	violations: Violation[]
	/** When the verdicts may change though nothing is recorded; null where they cannot. */
	nextAt: Instant | null
}
type Standing = {
	charterVersionId: string
	foundAt: number
	/** Size of the record up to which it is known. */
	size: number
	people: Map<string, Person>
	/** The last one that brought it up to date: one at a time. */
	kept: Promise<void>
}
type Known = { standing: Standing | null; finding: Promise<Standing> | null }

/** One for each database that this process works on. It holds nothing that cannot be found anew. */
const known = new WeakMap<Database, Known>()

/**
 * Appointments that hold now and that the charter in force does not permit. Everybody who is appointed is judged once;
 * after that only those whom entries of the record are about that came since, and those of whom a fact begins or ends by
 * itself. So the answer is exact at each call and costs what has changed. Null while everybody is being judged for the
 * first time under a charter.
 */
export async function appointmentViolations(deps: Deps): Promise<readonly Violation[] | null> {
	const { db } = deps.database
	const { id, charter } = await deps.charters.inForce(db, deps.now())
	const mine = known.get(deps.database) ?? { standing: null, finding: null }
	known.set(deps.database, mine)
	const standing = mine.standing?.charterVersionId === id ? mine.standing : null
	if (standing === null || deps.now().getTime() - standing.foundAt > RENEWED_AFTER_MS)
		mine.finding ??= find(deps, id, charter)
			.then((found) => (mine.standing = found))
			.finally(() => (mine.finding = null))
	let current = standing
	if (current === null && mine.finding !== null) {
		const finding = mine.finding
		current = await Promise.race([finding, pause(PATIENCE_MS, null, { ref: false })])
		// It goes on by itself; whoever asks next is told what became of it.
		if (current === null)
			finding.catch((error: unknown) => deps.log.warn({ error }, 'standings were not found'))
	} else mine.finding?.catch((error: unknown) => deps.log.warn({ error }, 'standings were not found'))
	// A charter may have come into force since the finding began.
	if (current === null || current.charterVersionId !== id) return null
	const held = current
	held.kept = held.kept.catch(() => undefined).then(() => bringUpToDate(deps, charter, held))
	await held.kept
	return [...held.people.values()].flatMap(({ violations }) => violations)
}

async function find(deps: Deps, charterVersionId: string, charter: Charter): Promise<Standing> {
	const { db } = deps.database
	const at = deps.now()
	// Read before anybody is judged: what is recorded meanwhile is looked at again.
	const standing: Standing = {
		charterVersionId,
		foundAt: at.getTime(),
		size: await recordSize(db),
		people: new Map(),
		kept: Promise.resolve(),
	}
	const judge = judgeAppointments(charter)
	for (let after: string | null = null; ;) {
		const page = await appointedPage(db, { at, after, limit: BATCH })
		if (page.length === 0) return standing
		await judgePage(deps, judge, standing, page, at)
		after = page.at(-1) ?? null
		await breathe()
	}
}

async function bringUpToDate(deps: Deps, charter: Charter, standing: Standing): Promise<void> {
	const at = deps.now()
	const now = at.toISOString()
	const { size, personIds } = await touchedSince(deps.database.db, standing.size)
	const due = new Set(personIds)
	for (const [id, { nextAt }] of standing.people) if (nextAt !== null && nextAt <= now) due.add(id)
	if (due.size > 0) {
		const judge = judgeAppointments(charter)
		const ids = [...due]
		for (let from = 0; from < ids.length; from += BATCH)
			await judgePage(deps, judge, standing, ids.slice(from, from + BATCH), at)
	}
	standing.size = size
}

type JudgeAppointments = (facts: PersonFacts, now: Instant) => Person

async function judgePage(
	deps: Deps,
	judge: JudgeAppointments,
	{ people }: Standing,
	ids: readonly string[],
	at: Date,
): Promise<void> {
	const facts = await factsOf(deps.database.db, ids)
	for (const [id, each] of facts) {
		const judged = judge(each, at.toISOString())
		if (judged.violations.length > 0 || judged.nextAt !== null) people.set(id, judged)
		else people.delete(id)
	}
}

function judgeAppointments(charter: Charter): JudgeAppointments {
	const rules = compiledOf(charter)
	const { symbols } = rules
	return (facts, now) => {
		let nextAt = nextChange(facts, now)
		const sooner = (at: Instant | null) => {
			if (at !== null && at > now && (nextAt === null || at < nextAt)) nextAt = at
		}
		const prepared = prepareFacts(facts, symbols)
		const violations = facts.appointments.flatMap(({ role, validFrom, validUntil }): Violation[] => {
			if (validFrom > now || (validUntil !== null && validUntil <= now)) return []
			const verdict = rules.judge(prepared, { role, part: 'holder', at: now, durationMs: 0, standing: true })
			if (verdict.permit) {
				sooner(verdict.until)
				return []
			}
			for (const { found } of verdict.denials) if (found.is === 'not_yet') sooner(found.at)
			const [first] = verdict.denials
			return first ? [{ personId: facts.personId, role, code: first.code }] : []
		})
		return { violations, nextAt }
	}
}

/** When the next of these facts begins or ends; null when none will. */
function nextChange(facts: PersonFacts, now: Instant): Instant | null {
	let next: Instant | null = null
	for (const kind of FACT_KINDS)
		for (const { validFrom, validUntil } of facts[kind])
			for (const at of [validFrom, validUntil])
				if (at !== null && at > now && (next === null || at < next)) next = at
	return next
}
