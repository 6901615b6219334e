import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { Link, useActionData, useLoaderData, useSearchParams } from '@remix-run/react'
import { z } from 'zod'
import { DecisionReasons } from '#app/components/decision-reasons.tsx'
import { Lacking } from '#app/components/lacking.tsx'
import { RefusedRoles } from '#app/components/refused-roles.tsx'
import { Repeated } from '#app/components/repeated.tsx'
import { RequestDrafts, RequestForm } from '#app/components/request-form.tsx'
import { ErrorSummary, type FormErrors } from '#app/components/ui/form.tsx'
import { useWords } from '#app/messages/text.tsx'
import { type TextKey } from '#app/messages/create-text.ts'
import { joined, parseForm } from '#app/utils/form.server.ts'
import { keepingForm, requirePermission } from '#app/utils/guards.server.ts'
import { attempted, handled, queryOf } from '#app/utils/http.server.ts'
import { titled } from '#app/utils/page-title.ts'
import { fieldOf, requestFormSchema } from '#app/utils/request-form.server.ts'
import type { RefusedRole } from '#workflows/access/refused-role.ts'

const keySchema = z.uuid()

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'request:file')
	return handled(async () => {
		const key = keySchema.safeParse(queryOf(args.request)('form'))
		const query = queryOf(args.request)
		const like = z.union([z.literal('last'), z.uuid()]).safeParse(query('like'))
		const form = await args.context.services.access.form(
			actor,
			key.success ? key.data : null,
			like.success ? like.data : null,
		)
		// The key stands in the address, so that going back comes to the same form.
		if (!key.success) {
			const { searchParams } = new URL(args.request.url)
			searchParams.set('form', form.filingKey)
			throw redirect(`/requests/new?${searchParams}`)
		}
		return form
	})
}

const nothing = {
	errors: {} as FormErrors,
	denials: [],
	code: null,
	numbers: {} as Readonly<Record<string, number>>,
	gapRole: null as string | null,
	sent: {} as Record<string, string>,
	refused: [] as readonly RefusedRole[],
}

export async function action(args: ActionFunctionArgs) {
	const actor = await requirePermission(args, 'request:file').catch(keepingForm(args))
	const { access } = args.context.services
	const form = joined(await args.request.formData(), 'role')
	const key = keySchema.safeParse(form.get('filingKey'))
	if (!key.success) return data({ ...nothing, errors: { form: 'errors.INVALID_INPUT' } }, { status: 422 })
	const read = parseForm(form, requestFormSchema)
	const { sent } = read
	const keep = () => access.keepDraft(actor, { key: key.data, fields: sent })
	if (form.get('intent') === 'draft') {
		await keep()
		return redirect(`/requests/new?form=${key.data}&saved`)
	}
	if (form.get('intent') === 'discard') {
		await access.discardDraft(actor, key.data)
		return redirect('/requests/new')
	}
	if (!read.ok) {
		await keep()
		return data({ ...nothing, errors: read.errors, sent }, { status: 422 })
	}
	const { durationMinutes, beneficiary, role: roles, ...rest } = read.value
	const filed = await attempted(() =>
		access.file(actor, {
			...rest,
			roles,
			durationSeconds: durationMinutes * 60,
			beneficiaryId: beneficiary === '' ? undefined : beneficiary,
		}),
	)
	if (filed.ok) {
		const { filingId, requests, refused } = filed.value
		const [first, ...others] = requests
		const isAlone = others.length === 0 && refused.length === 0
		return redirect(first && isAlone ? `/requests/${first.id}` : `/filings/${filingId}`)
	}
	await keep()
	const { code, denials, numbers, role, refused } = filed.refusal
	const field = fieldOf(code)
	const errors: FormErrors = field ? { [field]: `errors.${code}` } : {}
	return data(
		{ errors, denials, code: field ? null : code, numbers, gapRole: role, sent, refused },
		{ status: filed.status },
	)
}

export const meta = titled('titles.requestNew')

const withTitle = (refused: RefusedRole, roles: readonly { key: string; title: string }[]) => ({
	...refused,
	title: roles.find(({ key }) => key === refused.role)?.title ?? refused.role,
})

export default function NewRequestPage() {
	const { t } = useWords()
	const { roles, lacking, beneficiaries, charterVersion, filingKey, draft, drafts, mayRepeat, like, filed } =
		useLoaderData<typeof loader>()
	const refused = useActionData<typeof action>()
	const [search] = useSearchParams()
	const errors = Object.fromEntries(
		Object.entries(refused?.errors ?? {}).map(([id, key]) => [id, t(key as TextKey)]),
	)
	const allowed = roles.filter(({ verdict }) => verdict.permit)
	const denied = roles.filter(({ verdict }) => !verdict.permit)
	const sent = refused?.sent ?? draft?.fields ?? like?.fields ?? {}
	return (
		<>
			<h1>{t('requests.newTitle')}</h1>
			<p className="muted">{t('requests.newLead')}</p>
			<ErrorSummary
				errors={errors}
				message={
					refused?.code
						? t(`errors.${refused.code}`, { ...refused.numbers, role: refused.gapRole ?? '' })
						: undefined
				}
			/>
			{refused && refused.denials.length > 0 ? (
				<div className="card">
					<DecisionReasons clauses={refused.denials} />
				</div>
			) : null}
			{refused ? <RefusedRoles refused={refused.refused.map((each) => withTitle(each, roles))} /> : null}
			{like && !refused && !draft ? <Repeated like={like} /> : null}
			{search.has('like') && !like && !refused ? (
				<p className="notice">{t('errors.NOTHING_TO_REPEAT')}</p>
			) : null}
			{search.has('saved') ? <p className="notice notice-good">{t('requests.draftSaved')}</p> : null}
			{filed ? (
				<p className="notice">
					{t('requests.formSent')} <Link to={filed.path}>{t('requests.formSentLink')}</Link>{' '}
					<Link to="/requests/new" reloadDocument>
						{t('requests.formAnew')}
					</Link>
				</p>
			) : null}
			<Lacking lacking={lacking} />
			<div className="columns">
				<div className="stack">
					<section className="card">
						<h2>{t('requests.may')}</h2>
						{mayRepeat && !like ? (
							<p>
								<Link to={`/requests/new?form=${filingKey}&like=last`} reloadDocument>
									{t('requests.repeatLast')}
								</Link>
							</p>
						) : null}
						{allowed.length === 0 ? (
							<p>{t('requests.mayNone')}</p>
						) : (
							<RequestForm
								roles={allowed}
								beneficiaries={beneficiaries}
								filingKey={filingKey}
								charterVersion={charterVersion}
								sent={sent}
								errors={errors}
							/>
						)}
					</section>
				</div>
				<div className="stack">
					<RequestDrafts drafts={drafts} roles={roles} />
					<section className="card">
						<h2>{t('requests.mayNot')}</h2>
						{denied.map(({ key, title, verdict }) => (
							<details key={key} open>
								<summary>
									<strong>{title}</strong>
								</summary>
								{verdict.permit ? null : <DecisionReasons clauses={verdict.denials} />}
							</details>
						))}
						{denied.length === 0 ? <p className="muted">{t('shell.none')}</p> : null}
					</section>
				</div>
			</div>
		</>
	)
}
