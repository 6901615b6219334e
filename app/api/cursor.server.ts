import { ApiProblem } from './problems.server.ts'

/** Where a page begins, as a text that promises nothing of how it is made. */
export const cursorText = (place: string) => Buffer.from(`1~${place}`).toString('base64url')

/** The place that a cursor of ours stands for; FIELDS_INVALID otherwise, so that nobody reads a page twice unawares. */
export function readCursor(cursor: string): string {
	const [, place] = /^1~([\d~T:.Z-]{1,60})$/.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? []
	if (place === undefined) throw unreadable()
	return place
}

export function readNumberCursor(cursor: string): number {
	const number = Number(readCursor(cursor))
	if (!Number.isSafeInteger(number) || number < 1) throw unreadable()
	return number
}

const unreadable = () =>
	new ApiProblem('FIELDS_INVALID', { fields: [{ at: { parameter: 'cursor' }, message: 'api.cursor' }] })
