import { requestSchema, type Request } from './answers.ts'
import { grantIdOf, open, requestIdOf, theOne } from './options.ts'
import { duration, instant, json, line, shown, stateLine, table } from './print.ts'

/** `show ID`: where a request stands, who has decided and who is to. */
export async function show(args: string[]): Promise<number> {
	const { values, positionals, client } = open(args, {})
	const id = await requestIdOf(client, theOne(positionals, 'id or number of a request'))
	const request = await client(requestSchema, 'GET', `/requests/${id}`)
	if (values.json) json(request)
	else printWhole(request)
	return 0
}

/** `withdraw ID`: takes back a request that waits. */
export async function withdraw(args: string[]): Promise<number> {
	const { values, positionals, client } = open(args, {})
	const id = await requestIdOf(client, theOne(positionals, 'id or number of a request'))
	const request = await client(requestSchema, 'POST', `/requests/${id}/withdraw`)
	if (values.json) json(request)
	else line(`R-${request.number}: withdrawn.`)
	return 0
}

/** `end GRANT`: gives an access up; that it has ended, Entra must confirm. */
export async function end(args: string[]): Promise<number> {
	const { values, positionals, client } = open(args, {})
	const id = await grantIdOf(client, theOne(positionals, 'id of an access, or number of its request'))
	const request = await client(requestSchema, 'POST', `/grants/${id}/end`)
	if (values.json) json(request)
	else line(stateLine(request))
	return 0
}

function printWhole(request: Request): void {
	const { id, requester, reason, ticket, durationSeconds, startAt, deadline, grantId, stages } = request
	line(stateLine(request))
	line(
		table(
			['', ''],
			[
				['who', requester.name],
				['reason', reason],
				['ticket', ticket],
				['for', duration(durationSeconds)],
				['start', startAt === null ? 'once it is approved' : instant(startAt)],
				['deadline', instant(deadline)],
				['id', id],
				['access', grantId ?? '-'],
			],
		).trimStart(),
	)
	for (const { title, status, decideBy, decisions } of stages) {
		line(shown(`${title}: ${status}${decideBy === null ? '' : `, by ${instant(decideBy)}`}`))
		for (const { name, verdict, decidedAt } of decisions)
			line(shown(`  ${name}: ${verdict === 'approve' ? 'approved' : 'denied'}, ${instant(decidedAt)}`))
	}
}
