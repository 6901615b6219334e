import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { bundleStream } from '#test/factories/bundle.ts'
import { LogFixture, tellRequest, type Person } from '#test/factories/told-log.ts'

/** Entries that are about no request, for each one that is: sign-ins, as in a log of a working day. */
const TEAMS = 20

/** Writes a bundle of so many entries and so many real signatures, a team after the other asking for access. */
export async function writeBenchBundle(path: string, entries: number, decisions: number): Promise<void> {
	const log = new LogFixture()
	const teams = Array.from(
		{ length: TEAMS },
		() => [log.person('operator'), log.person('approver'), log.person('chief')] as [Person, Person, Person],
	)
	for (let i = 0; i < decisions / 2; i++) {
		tellRequest(log, teams[i % TEAMS]!, { minutes: 1 })
		const others = Math.floor(((i + 1) * entries) / (decisions / 2)) - 1
		while (log.entries.length < others) log.add('session.signed_out', { open: { sessionId: log.newId() } })
	}
	while (log.entries.length < entries - 1) log.add('session.signed_out', { open: { sessionId: log.newId() } })
	await pipeline(Readable.from(bundleStream(log, { profile: 'history' })), createWriteStream(path))
}

if (process.argv[1] === import.meta.filename) {
	const [path = '', entries = '', decisions = ''] = process.argv.slice(2)
	await writeBenchBundle(path, Number(entries), Number(decisions))
}
