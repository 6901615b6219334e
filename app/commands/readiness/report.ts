import { titlesIn } from '#app/messages/readiness-in-words.ts'
import { parseArgs } from 'node:util'
import { LANGUAGES } from '#app/messages/create-text.ts'
import { namesIn } from '#app/services/readiness/account-names.ts'
import { judgeTenant } from '#app/services/readiness/judge-tenant.ts'
import { linesAsCsv } from '#app/services/readiness/report-csv.ts'
import { reportAsPage } from '#app/services/readiness/report-page.ts'
import type { ReadinessReport } from '#workflows/tenant/readiness/report.schema.ts'
import type { TenantPicture } from '#workflows/tenant/tenant-picture.ts'
import { CommandError } from '../command-error.ts'
import { instantOf } from '../charter/read-input.ts'
import { charterFor, peopleFor } from './people-and-charter.ts'
import { pictureFor } from './picture.ts'
import { summaryOf } from './summary.ts'
import { write } from './write.ts'

/** `charterkeep readiness`: 0 nothing to mend, 1 something is. */
export async function report(args: string[]): Promise<number> {
	const { values } = parseArgs({
		args,
		options: {
			charter: { type: 'string' },
			'tenant-files': { type: 'string' },
			'read-at': { type: 'string' },
			people: { type: 'string' },
			nobody: { type: 'boolean', default: false },
			json: { type: 'string' },
			csv: { type: 'string' },
			html: { type: 'string' },
			language: { type: 'string', default: 'en' },
		},
	})
	const language = LANGUAGES.find((one) => one === values.language)
	if (language === undefined) throw new CommandError(`--language is one of ${LANGUAGES.join(', ')}.`)
	if (values.nobody && values.people !== undefined)
		throw new CommandError('Give --people or --nobody, not both.')
	const outs = [values.json, values.csv, values.html].filter((out) => out === '-')
	if (outs.length > 1) throw new CommandError('Only one of --json, --csv and --html can be standard output.')
	const now = new Date()
	const charter = await charterFor(values.charter)
	const { picture, memberships, problems, filesSha256 } = await pictureFor(charter, {
		files: values['tenant-files'],
		readAt: values['read-at'] === undefined ? now : instantOf('--read-at', values['read-at']),
	})
	const judged = await peopleFor(
		{ charter, file: values.people, nobody: values.nobody, now },
		({ people, approved }) => judgeTenant(charter, picture, people, { approved, memberships, at: now }),
	)
	const found: ReadinessReport = { ...judged, ...(filesSha256 === undefined ? {} : { filesSha256 }) }
	const titles = titlesIn(charter)
	const names = namesOf(found, picture)
	if (values.json !== undefined) write(values.json, `${JSON.stringify(found, null, 2)}\n`)
	if (values.csv !== undefined) write(values.csv, linesAsCsv(found, names))
	if (values.html !== undefined)
		write(values.html, reportAsPage(found, { names, titles, language, plan: { startsOn: now } }))
	const told = summaryOf(found, { titles, language, files: problems })
	// What goes through a pipe must be the report and nothing else.
	if (outs.length > 0) process.stderr.write(told)
	else process.stdout.write(told)
	return found.problems.length === 0 ? 0 : 1
}

function namesOf({ lines }: ReadinessReport, picture: TenantPicture) {
	const ids = new Set(lines.flatMap(({ principalId, through }) => [principalId, through ?? principalId]))
	return new Map(namesIn(picture, ids).map((one) => [one.objectId, one]))
}
