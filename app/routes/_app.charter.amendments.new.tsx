import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { useActionData, useLoaderData } from '@remix-run/react'
import { AmendmentEditor } from '#app/components/amendment-editor.tsx'
import { ErrorSummary } from '#app/components/ui/form.tsx'
import { useAmendmentErrors } from '#app/components/use-amendment-errors.ts'
import { useWords } from '#app/messages/text.tsx'
import { readAmendmentForm, refusedAmendment } from '#app/utils/amendment-form.server.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { attempted, handled, queryOf } from '#app/utils/http.server.ts'
import { titled } from '#app/utils/page-title.ts'

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'charter:amend')
	const template = queryOf(args.request)('template')
	return handled(async () => ({ editor: await args.context.services.amendments.begin(actor, template) }))
}

export async function action(args: ActionFunctionArgs) {
	const actor = await requirePermission(args, 'charter:amend')
	const form = await readAmendmentForm(args.request)
	if (!form.ok) return data(form.answer, { status: 422 })
	const drafted = await attempted(() => args.context.services.amendments.draft(actor, form.value))
	return drafted.ok
		? redirect(`/charter/amendments/${drafted.value}`)
		: data(refusedAmendment(drafted.refusal, form.sent), { status: drafted.status })
}

export const meta = titled('titles.amendmentNew')

export default function NewAmendmentPage() {
	const { t } = useWords()
	const { editor } = useLoaderData<typeof loader>()
	const answer = useActionData<typeof action>()
	const { errors, message } = useAmendmentErrors(answer)
	return (
		<>
			<h1>{t('amendments.newTitle', { version: editor.version, next: editor.version + 1 })}</h1>
			<p className="muted">{t('amendments.newLead')}</p>
			<ErrorSummary errors={errors} message={message} />
			<AmendmentEditor
				editor={editor}
				errors={errors}
				problems={answer?.problems ?? []}
				sent={answer?.sent ?? {}}
			/>
		</>
	)
}
