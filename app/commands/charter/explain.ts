import { parseArgs } from 'node:util'
import { createText, LANGUAGES } from '#app/messages/create-text.ts'
import { explanationText } from '#app/messages/explanation-in-words.ts'
import { charterStore } from '#app/services/charter/charter-store.server.ts'
import { explain as explainTo, type ExplainedCharter } from '#app/services/charter/explain.server.ts'
import { formats } from '#app/utils/format.ts'
import type { Database } from '#db/client.ts'
import { durationMs } from '#workflows/shared/instants.ts'
import { CommandError } from '../command-error.ts'
import { withDatabase } from '../open-database.ts'
import { questionIn } from './ask.ts'
import { peopleOf } from './people-in-database.ts'
import { peopleAmong, thePerson, type People } from './people.ts'
import { demandCharter, instantOf, readPeopleFile } from './read-input.ts'

const PARTS = ['holder', 'requester', 'beneficiary', 'approver'] as const
/** Longer than any access, and short enough that the instant at which it ends can be written. */
const MAX_DURATION_MS = 3650 * 86_400_000
const INSTEAD = 'give both --people and --charter'

/**
 * `explain --person P --role R ...`: whether a person may, and every reason. 0: permitted, 1: denied.
 */
export async function explain(args: string[]): Promise<number> {
	const asked = readOptions(args)
	const file =
		asked.charter === undefined
			? null
			: await demandCharter(asked.charter).then((read) => ({ ...read, inForceFrom: null }))
	const people =
		asked.people === undefined ? null : peopleAmong(await readPeopleFile(asked.people, asked.now))
	return file !== null && people !== null
		? answer(asked, file, people)
		: withDatabase(
				async (database) =>
					answer(asked, file ?? (await charterInForce(database, asked.at)), people ?? peopleOf(database.db)),
				{ instead: INSTEAD },
			)
}

type Asked = ReturnType<typeof readOptions>

function readOptions(args: string[]) {
	const { values } = parseArgs({
		args,
		options: {
			person: { type: 'string' },
			role: { type: 'string' },
			part: { type: 'string' },
			stage: { type: 'string' },
			facility: { type: 'string' },
			for: { type: 'string' },
			at: { type: 'string' },
			'known-at': { type: 'string' },
			momentary: { type: 'boolean', default: false },
			charter: { type: 'string' },
			people: { type: 'string' },
			json: { type: 'boolean', default: false },
			language: { type: 'string', default: 'en' },
		},
	})
	const { person, role, facility, charter, people, json } = values
	if (!person || !role) throw new CommandError('Say whom and what: explain --person P --role R')
	const now = new Date()
	return {
		person,
		role,
		facility,
		charter,
		people,
		json,
		now,
		part: values.part === undefined ? undefined : oneOf('--part', PARTS, values.part),
		stage: values.stage === undefined ? undefined : stageOf(values.stage),
		durationSeconds: values.for === undefined ? undefined : secondsOf(values.for),
		at: values.at === undefined ? now : instantOf('--at', values.at),
		knownAt: values['known-at'] === undefined ? now : instantOf('--known-at', values['known-at']),
		isMomentary: values.momentary,
		language: oneOf('--language', LANGUAGES, values.language),
	}
}

async function charterInForce({ db }: Database, at: Date): Promise<ExplainedCharter> {
	const { charter, textSha256, inForceFrom } = await charterStore().inForce(db, at)
	return { charter, textSha256, inForceFrom: inForceFrom.toISOString() }
}

async function answer(asked: Asked, charter: ExplainedCharter, people: People): Promise<number> {
	const { at, knownAt, json, language } = asked
	const question = questionIn(charter.charter, asked)
	const { id, displayName } = await thePerson(people, asked.person)
	// The facts may be for fewer eyes than the answer.
	const { facts: _, ...told } = explainTo(
		charter,
		{ id, name: displayName },
		await people.factsOf(id, knownAt),
		question,
		{ at: at.toISOString(), knownAt: knownAt.toISOString() },
	)
	if (json) console.log(JSON.stringify(told))
	else {
		const words = { t: createText(language), format: formats(language, 'UTC') }
		process.stdout.write(explanationText(words, { ...told, facts: null }))
	}
	return told.verdict.permit ? 0 : 1
}

function oneOf<T extends string>(option: string, choices: readonly T[], text: string): T {
	const found = choices.find((choice) => choice === text)
	if (found === undefined) throw new CommandError(`${option} is one of ${choices.join(', ')}; not "${text}".`)
	return found
}

function stageOf(text: string): number {
	if (!/^[1-9]$/.test(text)) throw new CommandError(`--stage is a number from 1; not "${text}".`)
	return Number(text)
}

function secondsOf(text: string): number {
	const ms = durationMs(text)
	if (ms === null || ms > MAX_DURATION_MS)
		throw new CommandError(`--for takes a duration of ISO 8601, such as PT4H or PT30M; not "${text}".`)
	return ms / 1000
}
