import { parentPort } from 'node:worker_threads'
import type { FileProblem } from '#workflows/tenant/file-problem.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { bytesToHex, sha256 } from '#workflows/shared/bytes.ts'
import { canonicalBytes } from '#workflows/shared/canonical-json.ts'
import { assemblePicture } from '#workflows/tenant/assemble-picture.ts'
import { filesSha256Of } from '#workflows/tenant/readiness/files-digest.ts'
import type { ReadinessReport } from '#workflows/tenant/readiness/report.schema.ts'
import type { TenantPicture } from '#workflows/tenant/tenant-picture.ts'
import { namesIn, type NamedAccount } from './account-names.ts'
import { beginJudging, type HowToJudge, type PersonToJudge } from './judge-tenant.ts'
import { readTenantFiles, type TenantFile } from './tenant-files.ts'

/** What the thread is told, one after the other; each is answered by one `FromThread` of the same type. */
export type ToThread =
	| { type: 'files'; files: readonly TenantFile[]; readAt: Date; groupIds: readonly string[] }
	| { type: 'picture'; picture: TenantPicture }
	| ({ type: 'begin'; charter: Charter } & HowToJudge)
	| { type: 'people'; people: readonly PersonToJudge[] }
	| { type: 'judge' }
export type FromThread =
	| {
			type: 'files'
			problems: FileProblem[]
			isUseful: boolean
			/** The tenant that they say they are of; null where they do not. */
			tenantId: string | null
	  }
	| { type: 'picture' | 'begin' | 'people' }
	| ({ type: 'judge' } & Judged)
export type Judged = {
	report: ReadinessReport
	/** What the accounts are called that the report names. */
	names: NamedAccount[]
	/** SHA-256 of the canonical form of what was read, and of the report, in hex. */
	readSha256: string
	reportSha256: string
}

const digestOf = (what: ReadinessReport | TenantPicture) => bytesToHex(sha256(canonicalBytes(what)))

/** Reads and judges what a tenant holds, of fifty thousand users for seconds: in a thread of its own, so that no page waits. */
function createAnswers(): (message: ToThread) => FromThread {
	let picture: TenantPicture | null = null
	/** Of the files that the picture is of; null where it is none of files. */
	let filesSha256: string[] | null = null
	let readSha256: string | null = null
	let judging: ReturnType<typeof beginJudging> | null = null
	const early = () => new Error('The judging thread was asked before it was told.')

	return (message) => {
		switch (message.type) {
			case 'files': {
				const { files, readAt, groupIds } = message
				const { raw, problems } = readTenantFiles(files, { readAt, groupIds })
				picture = assemblePicture(raw)
				readSha256 = null
				filesSha256 = filesSha256Of(files)
				const { roleInstances, roleAssignments } = picture.parts
				return {
					type: 'files',
					problems,
					tenantId: picture.tenantId,
					isUseful: roleInstances.read || roleAssignments.read,
				}
			}
			case 'picture':
				picture = message.picture
				readSha256 = null
				filesSha256 = null
				return { type: 'picture' }
			case 'begin':
				if (picture === null) throw early()
				judging = beginJudging(message.charter, picture, message)
				return { type: 'begin' }
			case 'people':
				if (judging === null) throw early()
				for (const person of message.people) judging.add(person)
				return { type: 'people' }
			case 'judge': {
				if (picture === null || judging === null) throw early()
				const report = { ...judging.report(), ...(filesSha256 === null ? {} : { filesSha256 }) }
				const ids = new Set(
					report.lines.flatMap(({ principalId, through }) => [principalId, through ?? principalId]),
				)
				// The same picture may be judged again, by another charter.
				readSha256 ??= digestOf(picture)
				return {
					type: 'judge',
					report,
					names: namesIn(picture, ids),
					readSha256,
					reportSha256: digestOf(report),
				}
			}
		}
	}
}

const answer = createAnswers()
parentPort?.on('message', (message: ToThread) => parentPort?.postMessage(answer(message)))
