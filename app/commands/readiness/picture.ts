import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { readConfig } from '#app/config.server.ts'
import { connectTenant } from '#app/integrations/graph/connect-tenant.server.ts'
import {
	MAX_FILE_BYTES,
	MAX_FILES,
	readTenantFiles,
	type TenantFile,
} from '#app/services/readiness/tenant-files.ts'
import { membershipsOf } from '#app/services/readiness/memberships.ts'
import { breakGlassAccountsOf } from '#workflows/charter/entra.schema.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { assemblePicture } from '#workflows/tenant/assemble-picture.ts'
import type { FileProblem } from '#workflows/tenant/file-problem.ts'
import { filesSha256Of } from '#workflows/tenant/readiness/files-digest.ts'
import { governedGroups } from '#workflows/tenant/readiness/governed-places.ts'
import type { Memberships } from '#workflows/tenant/readiness/judge-break-glass.ts'
import type { TenantPicture } from '#workflows/tenant/tenant-picture.ts'
import { CommandError } from '../command-error.ts'

const CHECKOUT = join(import.meta.dirname, '../../..')

/** What the tenant holds: from files, or from the tenant that the settings name. */
export async function pictureFor(
	charter: Charter,
	{ files, readAt }: { files: string | undefined; readAt: Date },
): Promise<{
	picture: TenantPicture
	memberships: Memberships
	problems: readonly FileProblem[]
	filesSha256?: string[]
}> {
	const groupIds = governedGroups(charter)
	if (files !== undefined) {
		const given = filesIn(files)
		const { raw, problems } = readTenantFiles(given, { readAt, groupIds })
		// Of one that is too large nothing was read, so that there is no digest of it.
		const isWhole = given.every(({ bytes }) => bytes.length <= MAX_FILE_BYTES)
		return {
			picture: assemblePicture(raw),
			memberships: new Map(),
			problems,
			...(isWhole ? { filesSha256: filesSha256Of(given) } : {}),
		}
	}
	const { tenant } = readConfig(process.env, CHECKOUT)
	if (tenant === null)
		throw new CommandError(
			'No tenant is set: name exported files by --tenant-files DIR, or set ENTRA_TENANT_ID and the settings beside it (.env.example).',
		)
	const { reader } = connectTenant({ ...tenant, kind: 'entra' }, randomUUID)
	const accountIds = breakGlassAccountsOf(charter).map(({ objectId }) => objectId)
	const picture = await reader.readTenant({ groupIds, accountIds }, { users: 'read' })
	if (Object.values(picture.parts).every(({ read }) => !read))
		throw new CommandError(
			'Nothing of the tenant could be read. Run charterkeep tenant check, which says what is missing.',
		)
	return { picture, memberships: await membershipsOf(reader, charter), problems: [] }
}

function filesIn(directory: string): TenantFile[] {
	try {
		const names = readdirSync(directory).filter((name) => !name.startsWith('.'))
		if (names.length > MAX_FILES)
			throw new CommandError(`${directory} holds more than ${MAX_FILES} files: gather pages in arrays.`)
		if (names.length === 0) throw new CommandError(`${directory} is empty: see charterkeep readiness --help.`)
		return names.flatMap((name) => {
			const file = join(directory, name)
			const { size } = statSync(file)
			// One that is too large is told by its name and not read.
			return [
				{ name, bytes: size > MAX_FILE_BYTES ? new Uint8Array(MAX_FILE_BYTES + 1) : readFileSync(file) },
			]
		})
	} catch (error) {
		if (error instanceof CommandError) throw error
		throw new CommandError(`${directory} cannot be read: ${(error as Error).message}.`, { cause: error })
	}
}
