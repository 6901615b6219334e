import { CommandError } from '../command-error.ts'
import { listSchema } from './answers.ts'
import { open } from './options.ts'
import { duration, instant, json, line, stateWords, table } from './print.ts'

const PAGE = 100

/** `list`: requests newest first, as a table or as JSON. */
export async function list(args: string[]): Promise<number> {
	const { values, positionals, client } = open(args, {
		all: { type: 'boolean', default: false },
		everyone: { type: 'boolean', default: false },
		role: { type: 'string' },
		limit: { type: 'string', default: '100' },
	})
	const limit = Number(values.limit)
	if (!Number.isInteger(limit) || limit < 1) throw new CommandError('--limit is a whole number from 1 on.')
	if (positionals.length > 0) throw new CommandError('list takes options alone. See --help.')
	const query = new URLSearchParams({
		whose: values.everyone ? 'all' : 'mine',
		limit: String(Math.min(limit, PAGE)),
		...(values.all ? {} : { state: 'open' }),
		...(values.role === undefined ? {} : { role: values.role }),
	})
	const found: (typeof listSchema)['_output']['requests'] = []
	for (let path: string | null = `/requests?${query}`; path !== null && found.length < limit;) {
		const page: (typeof listSchema)['_output'] = await client(listSchema, 'GET', path)
		found.push(...page.requests)
		path = page.next
	}
	const requests = found.slice(0, limit)
	if (values.json) json({ requests })
	else if (requests.length === 0) line(values.all ? 'There is no request.' : 'Nothing is open.')
	else
		line(
			table(
				['NUMBER', 'STATE', 'WHO', 'ROLE', 'FOR', 'DEADLINE', 'ID'],
				requests.map(({ number, state, waitsFor, requester, title, durationSeconds, deadline, id }) => [
					`R-${number}`,
					stateWords(state) + (state === 'waiting' && waitsFor !== null ? ` for the ${waitsFor}` : ''),
					requester.name,
					title,
					duration(durationSeconds),
					instant(deadline),
					id,
				]),
			),
		)
	return 0
}
