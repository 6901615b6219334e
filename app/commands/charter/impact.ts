import { parseArgs } from 'node:util'
import { beginImpact, type Change, type ImpactSummary, type RoleImpact } from '#workflows/charter/impact.ts'
import { CommandError } from '../command-error.ts'
import { peopleAmong, type People } from './people.ts'
import { demandCharter, instantOf, readPeopleFile, type ReadCharter } from './read-input.ts'

type Found = {
	summary: ImpactSummary
	changes: readonly (Change & { name: string })[]
	/** What speaks against the new charter, in words; empty when nothing does. */
	harms: readonly string[]
}

/**
 * `impact OLD NEW [--people FILE] [--at INSTANT] [--list] [--json]`: what a new charter changes for everybody.
 * 0: nobody loses anything, every stage has people for its quorum, and enough can still amend; 1 otherwise.
 */
export async function impact(args: string[]): Promise<number> {
	const { values, positionals } = parseArgs({
		args,
		allowPositionals: true,
		options: {
			people: { type: 'string' },
			at: { type: 'string' },
			list: { type: 'boolean', default: false },
			json: { type: 'boolean', default: false },
		},
	})
	const [oldFile, newFile, ...more] = positionals
	if (oldFile === undefined || newFile === undefined || more.length > 0)
		throw new CommandError('Say which charters to compare: impact OLD NEW [--people FILE] [--at INSTANT]')
	const now = new Date()
	const at = values.at === undefined ? now : instantOf('--at', values.at)
	const [before, after] = [await demandCharter(oldFile), await demandCharter(newFile)]
	const compare = (people: People) => compareFor(people, before, after, at)
	const found =
		values.people === undefined
			? await inDatabase(compare)
			: await compare(peopleAmong(await readPeopleFile(values.people, now)))
	const { summary, changes, harms } = found
	const harmless = harms.length === 0
	if (values.json) {
		const sides = { before: nameOf(before), after: nameOf(after) }
		console.log(JSON.stringify({ ...sides, harmless, ...summary, ...(values.list ? { changes } : {}) }))
	} else console.log([...describe(found), ...(values.list ? describeChanges(changes) : [])].join('\n'))
	return harmless ? 0 : 1
}

/** Loaded only where it is needed: most of the time that a comparison of files takes would go into it. */
const inDatabase = async (compare: (people: People) => Promise<Found>) =>
	(await import('./people-in-database.ts')).withPeople(compare, 'name people by --people')

const nameOf = ({ charter: { charter }, textSha256 }: ReadCharter) => ({
	id: charter.id,
	title: charter.title,
	version: charter.version,
	textSha256,
})

async function compareFor(people: People, before: ReadCharter, after: ReadCharter, at: Date): Promise<Found> {
	const begun = beginImpact(before.charter, after.charter, at.toISOString())
	for await (const facts of people.everybody()) begun.add(facts)
	const summary = begun.summary()
	const changes = [...begun.changes()]
	const names = await people.namesOf([...new Set(changes.map(({ personId }) => personId))])
	return {
		summary,
		changes: changes.map((change) => ({ ...change, name: names.get(change.personId) ?? change.personId })),
		harms: harmsOf(summary),
	}
}

const harmsOf = ({ roles, quorumGaps, owners }: ImpactSummary) => [
	...(roles.some(({ loses }) => loses > 0) ? ['somebody loses a role'] : []),
	...(quorumGaps.length > 0 ? ['a stage has too few people for its quorum'] : []),
	...(owners.after < owners.needed ? ['too few people could amend the charter'] : []),
]

/** A code of the record, in words. */
const plain = (code: string) =>
	code === 'ROLE_KNOWN' ? 'the role is gone' : code.toLowerCase().replaceAll('_', ' ')

function describe({ summary: { at, people, roles, quorumGaps, owners }, harms }: Found): string[] {
	return [
		`At ${at}, of ${people} people:`,
		...roles.map(describeRole),
		...quorumGaps.map(
			({ role, from, needed, after }) =>
				`QUORUM  ${role}: ${after} can decide as ${from}, and ${needed} are needed`,
		),
		`${owners.after < owners.needed ? 'OWNERS' : 'owners'}  ${owners.before} could amend the charter before, ${owners.after} can after, and ${owners.needed} are needed`,
		harms.length === 0 ? 'Nobody loses anything.' : `Look again: ${harms.join('; ')}.`,
	]
}

function describeRole({ role, title, status, before, after, gains, loses, reasons }: RoleImpact): string {
	const change = [
		...(gains > 0 ? [`${gains} gain it`] : []),
		...(loses > 0
			? [`${loses} lose it (${reasons.map(({ code, count }) => `${plain(code)}: ${count}`).join(', ')})`]
			: []),
	]
	const kind = status === 'kept' ? '' : status === 'added' ? ', new' : ', gone'
	return `${loses > 0 ? 'LOSES ' : 'role  '}  ${role} (${title}${kind}): ${before} before, ${after} after${change.length > 0 ? `: ${change.join(', ')}` : ''}`
}

const describeChanges = (changes: Found['changes']) =>
	changes.map(
		({ name, role, change, reasons }) =>
			`${change.padEnd(6)}  ${role}  ${name}${reasons.length > 0 ? `: ${reasons.map(plain).join(', ')}` : ''}`,
	)
