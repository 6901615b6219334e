import { and, asc, eq, gt, isNull, lte, or, sql, type SQL } from 'drizzle-orm'
import type { AnyPgColumn, PgTable } from 'drizzle-orm/pg-core'
import type { Reader } from '../client.ts'
import { appointments, citizenships, clearances, facilityAuthorisations, people } from '../schema/index.ts'
import type { PersonRow } from './people.ts'

export type PersonSearch = {
	/** Beginnings of words of name, user principal name, employer and personnel number; all of them must be found. */
	text: string
	role: string | null
	facility: string | null
	country: string | null
	level: { scheme: string; level: string } | null
}

/**
 * A page of people in order of name, after the one named by `after`, who fit all that is asked. Facts count as they are
 * known now and hold at `at`. Words are found by their beginnings through an index that every PostgreSQL has, with
 * accents left out on both sides.
 */
export async function searchPeople(
	reader: Reader,
	search: PersonSearch,
	{ at, after, limit }: { at: Date; after: { displayName: string; id: string } | null; limit: number },
): Promise<PersonRow[]> {
	const words = wordsOf(search.text)
	// What is only signs has no word, and nobody is called so.
	if (words === null && search.text.trim() !== '') return []
	const holds = (table: FactTable, ...conditions: SQL[]) =>
		sql`exists (select 1 from ${table} where ${and(
			eq(table.personId, people.id),
			isNull(table.retractedAt),
			lte(table.validFrom, at),
			or(isNull(table.validUntil), gt(table.validUntil, at)),
			...conditions,
		)})`
	const { role, facility, country, level } = search
	return reader
		.select()
		.from(people)
		.where(
			and(
				words === null ? undefined : sql`${people.words} @@ to_tsquery('simple', ${words})`,
				role === null ? undefined : holds(appointments, eq(appointments.role, role)),
				facility === null
					? undefined
					: holds(facilityAuthorisations, eq(facilityAuthorisations.facility, facility)),
				country === null ? undefined : holds(citizenships, eq(citizenships.country, country)),
				level === null
					? undefined
					: holds(clearances, eq(clearances.scheme, level.scheme), eq(clearances.level, level.level)),
				after === null
					? undefined
					: sql`(${people.displayName}, ${people.id}) > (${after.displayName}, ${after.id}::uuid)`,
			),
		)
		.orderBy(asc(people.displayName), asc(people.id))
		.limit(limit)
}

type FactTable = PgTable & Record<'personId' | 'retractedAt' | 'validFrom' | 'validUntil', AnyPgColumn>

/** Where the server's locale is C, it keeps capitals of other scripts: they are asked for as they may be written. */
const beginning = (word: string) =>
	/^[a-z0-9]+$/.test(word)
		? `${word}:*`
		: `(${[...new Set([word, word.toUpperCase(), word.charAt(0).toUpperCase() + word.slice(1)])].map((each) => `${each}:*`).join(' | ')})`

const LETTERS: Readonly<Record<string, string>> = { ł: 'l', đ: 'd', ø: 'o' }

/** The words as a query for their beginnings; null where there is none. Folds as the column `words` does. */
export function wordsOf(text: string): string | null {
	const words = text
		.toLowerCase()
		.normalize('NFD')
		.replaceAll(/\p{M}/gu, '')
		.replaceAll(/[łđø]/g, (letter) => LETTERS[letter] ?? letter)
		.split(/[^\p{L}\p{N}]+/u)
		.filter((word) => word !== '')
	return words.length === 0 ? null : words.map(beginning).join(' & ')
}
