import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { Form, Link, useActionData, useLoaderData, useSearchParams } from '@remix-run/react'
import { z } from 'zod'
import { AccountCard } from '#app/components/account-table.tsx'
import { PasskeyList } from '#app/components/passkey-list.tsx'
import { PersonCases } from '#app/components/person-cases.tsx'
import { PersonFacts } from '#app/components/person-facts.tsx'
import { PersonIdentity } from '#app/components/person-identity.tsx'
import { PersonRoles } from '#app/components/person-roles.tsx'
import { CopyButton } from '#app/components/ui/copy-button.tsx'
import { Button, ErrorSummary } from '#app/components/ui/form.tsx'
import { Icon } from '#app/components/ui/icon.tsx'
import { Time } from '#app/components/ui/time.tsx'
import { useWords } from '#app/messages/text.tsx'
import { type TextKey } from '#app/messages/create-text.ts'
import { requireActor, requirePermission } from '#app/utils/guards.server.ts'
import { parseForm } from '#app/utils/form.server.ts'
import { attempted, handled, parseParams, type Refusal } from '#app/utils/http.server.ts'
import { revokeSchema } from '#app/utils/revoke-form.server.ts'
import { OWN_REVOCATION_CAUSES, REVOCATION_CAUSES } from '#workflows/people/revocation.ts'
import { titled } from '#app/utils/page-title.ts'

const paramsSchema = z.object({ personId: z.uuid() })

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requireActor(args)
	return handled(async () => {
		const { personId } = parseParams(paramsSchema, args.params)
		const { people, enrolment } = args.context.services
		const may = (permission: Parameters<typeof actor.permissions.has>[0]) => actor.permissions.has(permission)
		const isSelf = actor.personId === personId
		return {
			person: await people.show(actor, personId),
			passkeys: isSelf || may('people:enrol') ? await enrolment.passkeys(actor, personId) : null,
			erasures: isSelf || may('people:values') ? await people.erasures(actor, personId) : [],
			maySuspend: may('people:suspend') && !isSelf,
			isSuspended: await args.context.services.suspension.isSuspended(actor, personId),
			cases: may('vetting:run') ? await args.context.services.vetting.about(actor, personId) : null,
			account: may('people:record') ? await args.context.services.tenant.accountOf(actor, personId) : null,
			mayVet: may('vetting:run') && !isSelf,
			mayManagePresence: may('presence:manage'),
			mayErase: may('record:erase') && !isSelf,
			mayRecord: may('people:record') && !isSelf,
			isSelf,
			mayEnrol: may('people:enrol'),
			mayExplain: may('eligibility:explain'),
		}
	})
}

const NO_TEXT: Record<string, string> = {}
const nothing = {
	errors: NO_TEXT,
	refusal: null as Refusal | null,
	link: null as string | null,
}

export async function action(args: ActionFunctionArgs) {
	const actor = await requirePermission(args, 'people:enrol')
	const { enrolment } = args.context.services
	const { personId } = parseParams(paramsSchema, args.params)
	const form = await args.request.formData()
	switch (form.get('intent')) {
		case 'revoke': {
			const read = parseForm(form, revokeSchema)
			if (!read.ok) return data({ ...nothing, errors: read.errors }, { status: 422 })
			const done = await attempted(() => enrolment.revoke(actor, { personId, ...read.value }))
			if (!done.ok) return data({ ...nothing, refusal: done.refusal }, { status: done.status })
			return redirect(done.value.endedOwn ? '/sign-in' : `/people/${personId}?saved=revocation`)
		}
		case 'link': {
			const { token } = await enrolment.issueLink(personId, actor)
			return data({ ...nothing, link: `${new URL(args.request.url).origin}/enrol/${token}` })
		}
		default:
			return data({ ...nothing, errors: { form: 'errors.INVALID_INPUT' } }, { status: 400 })
	}
}

const SAVED: Readonly<Record<string, TextKey>> = {
	fact: 'people.savedFact',
	person: 'people.savedPerson',
	identity: 'people.savedIdentity',
	revocation: 'passkeys.done',
	erasure: 'erasure.done',
}

export const meta = titled('titles.person')

export default function PersonPage() {
	const { t } = useWords()
	const {
		person,
		passkeys,
		erasures,
		cases,
		account,
		mayVet,
		mayRecord,
		isSelf,
		mayEnrol,
		mayExplain,
		mayErase,
		maySuspend,
		isSuspended,
		mayManagePresence,
	} = useLoaderData<typeof loader>()
	const answer = useActionData<typeof action>()
	const [search] = useSearchParams()
	const errors = Object.fromEntries(
		Object.entries(answer?.errors ?? {}).map(([id, key]) => [id, t(key as TextKey)]),
	)
	const satisfied = person.roles.filter(({ permit }) => permit).length
	const saved = search.get('saved')
	return (
		<>
			<h1>
				{satisfied > 0
					? t('people.headFit', { name: person.name, count: satisfied })
					: t('people.headNone', { name: person.name })}
			</h1>
			<ErrorSummary
				errors={errors}
				message={answer?.refusal ? t(`errors.${answer.refusal.code}`) : undefined}
			/>
			{isSuspended ? (
				<p className="notice notice-alarm">
					<Icon name="slash" /> {t('suspension.banner')}
				</p>
			) : null}
			{saved && !answer ? (
				<p className="notice notice-good" role="status">
					{t(SAVED[saved] ?? 'people.savedFact')}
				</p>
			) : null}
			{answer?.link ? (
				<div className="notice notice-good" role="status">
					<p>{t('people.linkMade')}</p>
					<p>
						<code>{answer.link}</code> <CopyButton text={answer.link} />
					</p>
				</div>
			) : null}
			{erasures.map(({ at, entryIndex }) => (
				<p key={`${at} ${entryIndex}`} className="notice">
					<Icon name="slash" /> {t('erasure.erasedOn')} · <Time at={at} />
					{entryIndex === null ? null : (
						<>
							{' · '}
							<Link to={`/record/${entryIndex}`}>{t('requests.entry', { index: entryIndex })}</Link>
						</>
					)}
				</p>
			))}
			{person.facts === null ? <p className="notice">{t('people.veiled')}</p> : null}
			<div className={person.facts === null ? 'stack' : 'columns'}>
				{person.facts === null ? null : (
					<div className="stack">
						{isSelf ? <p className="muted">{t('people.self')}</p> : null}
						<PersonFacts person={person} facts={person.facts} mayRecord={mayRecord} />
					</div>
				)}
				<div className="stack">
					{mayExplain ? (
						<p>
							<Link className="button" to={`/charter/explain?person=${person.id}`}>
								{t('people.explain')}
							</Link>
						</p>
					) : null}
					<PersonIdentity person={person} mayRecord={mayRecord} />
					{account === null ? null : <AccountCard account={account} />}
					{cases === null ? null : <PersonCases personId={person.id} cases={cases} mayVet={mayVet} />}
					<PersonRoles roles={person.roles} />
					{passkeys === null ? null : (
						<section className="card">
							<h2>{t('passkeys.heading')}</h2>
							<PasskeyList passkeys={passkeys} causes={isSelf ? OWN_REVOCATION_CAUSES : REVOCATION_CAUSES} />
						</section>
					)}
					{mayEnrol ? (
						<Form method="post">
							<input type="hidden" name="intent" value="link" />
							<Button look="plain">{t('people.link')}</Button>
						</Form>
					) : null}
					{mayManagePresence ? (
						<p>
							<Link to={`/people/${person.id}/badges`}>{t('facilities.badgesLink')}</Link>
						</p>
					) : null}
					{maySuspend ? (
						<p>
							<Link className="button button-danger" to={`/people/${person.id}/suspension`}>
								{t(isSuspended ? 'suspension.openLift' : 'suspension.open')}
							</Link>
						</p>
					) : null}
					{person.facts === null ? null : (
						<p>
							<a href={`/people/${person.id}/file.html`}>{t('people.exportPage')}</a>
							<br />
							<a href={`/people/${person.id}/file`}>{t('people.exportOpen')}</a>
							<br />
							<span className="muted small">{t('people.exportHint')}</span>
						</p>
					)}
					{mayErase ? (
						<p>
							<Link className="button button-danger" to={`/people/${person.id}/erase`}>
								{t('erasure.open')}
							</Link>
						</p>
					) : null}
				</div>
			</div>
		</>
	)
}
