import type { Reader } from '#db/client.ts'
import { peopleCalled } from '#db/queries/people.ts'
import { DomainError } from '#workflows/shared/errors.ts'

/** INVALID_INPUT for a field of a form, with what is wrong about it. */
export const invalid = (field: string, problem: string) =>
	new DomainError('INVALID_INPUT', `The field ${field} cannot be used: ${problem}.`, { field, problem })

/** The one person whom a form names by name, user principal name or id; null for an empty field. */
export async function personNamed(reader: Reader, field: string, text: string): Promise<string | null> {
	if (text === '') return null
	const [found, another] = await peopleCalled(reader, text)
	if (!found) throw invalid(field, 'NO_SUCH_PERSON')
	if (another) throw invalid(field, 'SEVERAL_PEOPLE')
	return found.id
}
