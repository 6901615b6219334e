import { readYaml, type TextProblem } from '#app/utils/yaml-text.server.ts'
import { FACT_KINDS, personFacts, type PersonFacts, type Validity } from '#workflows/charter/facts.ts'
import { organisationSchema, resolveWhen, type WrittenPerson } from './organisation.schema.ts'

export const ORGANISATION_BOUNDS = { maxBytes: 20_000_000, maxAliases: 10_000 }

const DAY_MS = 86_400_000
/** What states no beginning holds since so long before the first start. */
const SINCE_DAYS = 400

/** The text of an organisation cannot be used. The message names the first place; `problems` has all of them. */
export class OrganisationError extends Error {
	override readonly name = 'OrganisationError'
	readonly problems: readonly TextProblem[]

	constructor(problems: readonly TextProblem[]) {
		const [first] = problems
		const where = first
			? ` Line ${first.line}, column ${first.column}: ${[first.path, first.message].join(' ').trim()}`
			: ''
		super(`This list of people cannot be used.${where}`)
		this.problems = problems
	}
}

export type OrganisationPerson = Pick<
	WrittenPerson,
	'id' | 'displayName' | 'userPrincipalName' | 'entraObjectId' | 'employer' | 'persona'
> & {
	/** What eligibility may know of the person; who recorded it when is left to whoever stores it. */
	facts: PersonFacts
}

/** Reads an organisation with its dates resolved against `now`. Throws OrganisationError with every problem found. */
export function readOrganisation(yaml: string, now: Date): OrganisationPerson[] {
	const text = readYaml(yaml, 'An organisation', ORGANISATION_BOUNDS)
	if ('problems' in text) throw new OrganisationError(text.problems)
	const parsed = organisationSchema.safeParse(text.value, { error: wordsFor })
	const problemAt = (path: readonly PropertyKey[], message: string) => ({
		...text.placeOf(path),
		path: path.join('.'),
		message,
	})
	if (!parsed.success)
		throw new OrganisationError(parsed.error.issues.map(({ path, message }) => problemAt(path, message)))
	const people = parsed.data.people.map((person) => ({ ...person, facts: factsOf(person, now) }))
	const backwards = people.flatMap(({ facts }, i) =>
		FACT_KINDS.flatMap((kind) =>
			facts[kind].flatMap(({ validFrom, validUntil }, j) =>
				validUntil === null || validUntil > validFrom
					? []
					: [
							problemAt(
								['people', i, kind, j, 'validUntil'],
								'This ends before it begins: correct one of both.',
							),
						],
			),
		),
	)
	if (backwards.length > 0) throw new OrganisationError(backwards)
	return people
}

/** What to do, where zod says only what it found. */
function wordsFor(issue: { code: string; input?: unknown; keys?: unknown }): string | undefined {
	if (issue.code === 'invalid_type' && issue.input === undefined) return 'This key is missing: add it.'
	if (issue.code === 'unrecognized_keys')
		return `There is no such key as ${(issue.keys as string[]).join(', ')}: take it away, or correct its name.`
	return undefined
}

function factsOf(person: WrittenPerson, now: Date): PersonFacts {
	const since = new Date(now.getTime() - SINCE_DAYS * DAY_MS).toISOString()
	const holds = ({ validFrom, validUntil }: { validFrom?: string; validUntil?: string } = {}): Validity => ({
		validFrom: validFrom === undefined ? since : resolveWhen(validFrom, now).toISOString(),
		validUntil: validUntil === undefined ? null : resolveWhen(validUntil, now).toISOString(),
	})
	const dated = <T extends { validFrom?: string; validUntil?: string }>(list: readonly T[]) =>
		list.map((fact) => ({ ...fact, ...holds(fact) }))
	const { employer, employments = [{ employer, flowDown: false }] } = person
	return personFacts(person.id, {
		citizenships: person.citizenships.map((country) => ({ country, ...holds() })),
		residences: dated(person.residences),
		clearances: dated(person.clearances),
		briefings: dated(person.briefings),
		training: dated(person.training),
		employments: dated<(typeof employments)[number]>(employments).map((fact) => ({
			...fact,
			under: fact.under ?? null,
		})),
		appointments: person.appointments.map((role) => ({ role, ...holds() })),
		facilities: person.facilities.map((facility) => ({ facility, ...holds() })),
	})
}
