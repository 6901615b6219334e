import { asc, sql } from 'drizzle-orm'
import type { Reader } from '../client.ts'
import { findings, lockboxDecisions, lockboxRequests, people, requests } from '../schema/index.ts'

/**
 * Everybody whom a history can be narrowed to, by name: who ever filed a request, who asked for customer content, is to have
 * it or decided on it, and whose account a finding is about.
 */
export async function listHistoryPeople(reader: Reader): Promise<{ id: string; name: string }[]> {
	return reader
		.select({ id: people.id, name: people.displayName })
		.from(people)
		.where(
			sql`exists (select 1 from ${requests} where ${requests.requesterId} = ${people.id})
			or exists (select 1 from ${lockboxRequests} where ${lockboxRequests.requesterId} = ${people.id})
			or exists (select 1 from ${lockboxRequests} where ${lockboxRequests.beneficiaryId} = ${people.id})
			or exists (select 1 from ${lockboxDecisions} where ${lockboxDecisions.approverId} = ${people.id})
			or exists (select 1 from ${findings} where ${findings.personId} = ${people.id})`,
		)
		.orderBy(asc(people.displayName))
}
