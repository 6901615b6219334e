import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { Link, useActionData, useLoaderData, useSearchParams } from '@remix-run/react'
import { OwnTabs } from '#app/components/own-tabs.tsx'
import { PasskeyList } from '#app/components/passkey-list.tsx'
import { ErrorSummary } from '#app/components/ui/form.tsx'
import { Table } from '#app/components/ui/table.tsx'
import { Time } from '#app/components/ui/time.tsx'
import { type TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import { readForm } from '#app/utils/form.server.ts'
import { requireActor } from '#app/utils/guards.server.ts'
import { attempted, handled } from '#app/utils/http.server.ts'
import { revokeSchema } from '#app/utils/revoke-form.server.ts'
import { OWN_REVOCATION_CAUSES } from '#workflows/people/revocation.ts'
import { titled } from '#app/utils/page-title.ts'

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requireActor(args)
	return handled(async () => ({
		passkeys: await args.context.services.enrolment.passkeys(actor, actor.personId),
		readers: await args.context.services.audit.readersOfOwn(actor),
	}))
}

export async function action(args: ActionFunctionArgs) {
	const actor = await requireActor(args)
	const read = await readForm(args.request, revokeSchema)
	if (!read.ok) return data({ errors: ['errors.required'] }, { status: 422 })
	const { enrolment } = args.context.services
	const done = await attempted(() => enrolment.revoke(actor, { personId: actor.personId, ...read.value }))
	if (!done.ok) return data({ errors: [`errors.${done.refusal.code}`] }, { status: done.status })
	return redirect(done.value.endedOwn ? '/sign-in' : '/passkeys?revoked')
}

/** What readers opened, in words. */
const READ_VIEWS: Readonly<Record<string, TextKey>> = {
	history: 'passkeys.readHistory',
	person: 'passkeys.readPerson',
	evidence: 'passkeys.readEvidence',
}

export const meta = titled('titles.passkeys')

export default function PasskeysPage() {
	const { t } = useWords()
	const { passkeys, readers } = useLoaderData<typeof loader>()
	const answer = useActionData<typeof action>()
	const [search] = useSearchParams()
	const usable = passkeys.filter(({ revoked }) => revoked === null)
	return (
		<>
			<OwnTabs current="passkeys" />
			<h1>{t('passkeys.title', { count: usable.length })}</h1>
			<ErrorSummary message={answer ? answer.errors.map((key) => t(key as TextKey)).join(' ') : undefined} />
			{search.has('revoked') && !answer ? (
				<p className="notice notice-good" role="status">
					{t('passkeys.done')}
				</p>
			) : null}
			<p className="muted">{t('passkeys.lead')}</p>
			<section className="card">
				<h2>{t('passkeys.heading')}</h2>
				<PasskeyList passkeys={passkeys} causes={OWN_REVOCATION_CAUSES} />
				{usable.length === 1 ? <p className="muted">{t('passkeys.lastOwn')}</p> : null}
			</section>
			<section className="stack">
				<h2>{t('passkeys.readers')}</h2>
				<p className="muted">{t('passkeys.readersLead')}</p>
				<Table
					caption={t('passkeys.readers')}
					rows={readers}
					keyOf={({ at, reader, entryIndex }) => `${at} ${reader} ${entryIndex}`}
					empty={t('passkeys.readersNone')}
					columns={[
						{ label: t('record.when'), cell: ({ at }) => <Time at={at} /> },
						{ label: t('record.by'), cell: ({ reader }) => reader ?? '–' },
						{
							label: t('record.kind'),
							cell: ({ view }) => t(READ_VIEWS[view] ?? 'passkeys.readEntry'),
						},
						{
							label: t('record.index'),
							cell: ({ entryIndex }) =>
								entryIndex === null ? '–' : <Link to={`/record/${entryIndex}`}>{entryIndex}</Link>,
						},
					]}
				/>
			</section>
		</>
	)
}
