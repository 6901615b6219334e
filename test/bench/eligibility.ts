import type { Charter } from '#workflows/charter/charter.schema.ts'
import { compileCharter } from '#workflows/charter/compiled.ts'
import { judge } from '#workflows/charter/eligibility.ts'
import { beginImpact } from '#workflows/charter/impact.ts'
import { prepareFacts, type PreparedFacts } from '#workflows/charter/prepared-facts.ts'
import { plusMs } from '#workflows/shared/instants.ts'
import { nanosecondsOf, print, round } from './figure.ts'
import { peakMemoryMb } from './peak-memory.ts'
import { AT, ministryCharter, ministryPerson } from './ministry.ts'
import { attributesOf, casbinPeer, cedarPeer, splitCasbinPeer, type Peer } from './peers.ts'

const HOUR = 3_600_000
/** People who are judged together in every role, few enough to stay in the cache. */
const BLOCK = 250
const QUESTION = { part: 'requester' as const, at: AT, durationMs: HOUR }

/** Eligibility against Cedar and casbin on the same people and roles, the impact of an amendment, and how cost grows. */
export async function benchEligibility(): Promise<void> {
	// First, while the process is fresh: its memory is what is measured.
	impact()
	await decisions()
	growth()
}

async function decisions(): Promise<void> {
	const charter = ministryCharter(40)
	const roles = Object.keys(charter.roles).filter((key) => charter.roles[key]?.access)
	const compiled = compileCharter(charter)
	const people = Array.from({ length: 500 }, (_, i) => ministryPerson(i))
	const prepared = people.map((facts) => prepareFacts(facts, compiled.symbols))
	const peers = [
		cedarPeer(charter, roles),
		await casbinPeer(charter, roles),
		await splitCasbinPeer(charter, roles),
	]
	const asked = roles.map((role) => ({ ...QUESTION, role }))
	const told = peers.map((peer) =>
		people.map((facts) => peer.prepare(facts.personId, attributesOf(facts, AT, plusMs(AT, HOUR)))),
	)

	let permits = 0
	people.forEach((facts, i) =>
		asked.forEach((question) => {
			const ours = compiled.judge(prepared[i]!, question).permit
			if (ours) permits += 1
			const plain = judge(charter, facts, question).permit
			const theirs = peers.map((peer, k) => peer.permits(told[k]![i], question.role))
			if (plain !== ours || theirs.some((theirs) => theirs !== ours))
				throw new Error(`They do not agree on ${facts.personId} and ${question.role}: nothing is measured.`)
		}),
	)
	const total = people.length * asked.length
	print({ name: 'agreeing-verdicts', value: total, unit: 'decisions', note: `${permits} permit` })

	const costs = peers.map((peer, k) => peerCost(peer, told[k]!.slice(0, 50), roles))
	peers.forEach(({ name }, k) =>
		print({ name: 'peer-decision', value: round(costs[k]!), unit: 'ns', peer: name }),
	)
	// The ratio is to a peer that holds the charter as it is; the split one is there for who wants to know.
	const fastest = Math.min(...costs.slice(0, 2))
	const peer = peers[costs.indexOf(fastest)]!.name

	const each = (work: (person: PreparedFacts, question: (typeof asked)[number]) => void) => () => {
		for (const person of prepared) for (const question of asked) work(person, question)
	}
	let sink = 0
	const withReasons = nanosecondsOf(
		each((person, question) => (sink += compiled.judge(person, question).clauses.length)),
		total,
		15,
	)
	const verdict = nanosecondsOf(
		each((person, question) => (sink += compiled.permits(person, question) ? 1 : 0)),
		total,
		15,
	)
	const plain = nanosecondsOf(() => {
		for (const facts of people.slice(0, 25))
			for (const question of asked) sink += judge(charter, facts, question).clauses.length
	}, 25 * asked.length)
	const preparing = nanosecondsOf(() => {
		for (const facts of people) sink += prepareFacts(facts, compiled.symbols).ends.length
	}, people.length)
	print({
		name: 'decision-with-reasons',
		value: round(withReasons),
		unit: 'ns',
		peer,
		ratio: round(fastest / withReasons),
	})
	print({ name: 'verdict-only', value: round(verdict), unit: 'ns', peer, ratio: round(fastest / verdict) })
	print({
		name: 'prepare-person',
		value: round(preparing),
		unit: 'ns',
		note: 'once for all roles of a person',
	})
	print({
		name: 'plain-form',
		value: round(plain),
		unit: 'ns',
		peer,
		ratio: round(fastest / plain),
		note: `checked ${sink > 0}`,
	})
}

function peerCost(peer: Peer, told: readonly unknown[], roles: readonly string[]): number {
	let permits = 0
	const cost = nanosecondsOf(
		() => {
			for (const person of told) for (const role of roles) permits += peer.permits(person, role) ? 1 : 0
		},
		told.length * roles.length,
		5,
	)
	if (permits === 0) throw new Error('The peer permitted nothing: there is nothing to compare with.')
	return cost
}

function impact(): void {
	const [before, after] = [ministryCharter(40), ministryCharter(40, true)]
	const from = process.hrtime.bigint()
	const found = beginImpact(before, after, AT)
	let making = 0n
	for (let i = 0; i < 100_000; i++) {
		const start = process.hrtime.bigint()
		const facts = ministryPerson(i)
		making += process.hrtime.bigint() - start
		found.add(facts)
	}
	const summary = found.summary()
	const changed = [...found.changes()].length
	const seconds = Number(process.hrtime.bigint() - from - making) / 1e9
	const { roles } = summary
	print({
		name: 'impact-100k-seconds',
		value: round(seconds, 3),
		unit: 's',
		note: `${summary.people} people, ${roles.length} roles, ${changed} standings change; drawing the people is not counted`,
	})
	print({ name: 'impact-100k-rss-mb', value: round(peakMemoryMb()), unit: 'MB' })
}

/** Cost of one decision as the ministry or the charter grows, everything else alike. */
function growth(): void {
	const few = costOf(1000, ministryCharter(40))
	const many = costOf(100_000, ministryCharter(40))
	print({
		name: 'growth-people',
		value: round(many),
		unit: 'ns',
		ratio: round(many / few, 2),
		note: `${round(few)} ns with 1,000 people`,
	})
	// The same 400 roles, all at once and ten at a time: their rules differ, so ten of them alone would be no measure.
	const all = ministryCharter(400)
	const slices = Array.from({ length: 40 }, (_, i) => costOf(1000, only(all, i * 10, i * 10 + 10)))
	const small = slices.reduce((sum, cost) => sum + cost, 0) / slices.length
	const large = costOf(1000, all)
	print({
		name: 'growth-roles',
		value: round(large),
		unit: 'ns',
		ratio: round(large / small, 2),
		note: `${round(small)} ns with 10 roles`,
	})
}

function only(charter: Charter, from: number, until: number): Charter {
	const isKept = (key: string) => {
		const number = /^role-(\d+)$/.exec(key)?.[1]
		return number === undefined || (Number(number) >= from && Number(number) < until)
	}
	return {
		...charter,
		roles: Object.fromEntries(Object.entries(charter.roles).filter(([key]) => isKept(key))),
	}
}

function costOf(people: number, charter: Charter): number {
	const compiled = compileCharter(charter)
	const asked = Object.keys(charter.roles)
		.filter((key) => charter.roles[key]?.access)
		.map((role) => ({ ...QUESTION, role }))
	const prepared = Array.from({ length: people }, (_, i) => prepareFacts(ministryPerson(i), compiled.symbols))
	const blocks = Array.from({ length: Math.ceil(people / BLOCK) }, (_, i) =>
		prepared.slice(i * BLOCK, (i + 1) * BLOCK),
	)
	const rounds = Math.max(1, Math.round(400_000 / (people * asked.length)))
	let sink = 0
	const cost = nanosecondsOf(
		() => {
			for (let round = 0; round < rounds; round++)
				for (const block of blocks)
					for (const question of asked) sink += compiled.permitsEach(block, question).includes(1) ? 1 : 0
		},
		people * asked.length * rounds,
		5,
	)
	if (sink === 0) throw new Error('Nobody was permitted: nothing was measured.')
	return cost
}
