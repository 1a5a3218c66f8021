"""Tasks, sections, stories, attachments, tags: everything about the work itself."""

import os
import tempfile

from harness import Case, control, jump


class Tasks(Case):
    def test_written_and_read_back(self):
        tasks = self.api("Tasks")
        project = self.project()
        made = tasks.create_task({"data": {"name": "a", "projects": [project], "notes": "n", "due_on": "2027-01-05"}}, {})
        self.has(made, name="a", notes="n", due_on="2027-01-05", completed=False, resource_type="task")
        gid = made["gid"]
        new = {"name": "b", "assignee": "me", "due_at": "2027-01-06T10:00:00Z", "html_notes": "<body><b>x</b></body>"}
        self.refused(400, tasks.update_task, {"data": new}, gid, {})  # <b> is no tag of rich text
        new["html_notes"] = "<body><strong>x</strong></body>"
        tasks.update_task({"data": new}, gid, {})
        read = tasks.get_task(gid, {"opt_fields": "name,assignee.email,due_at,html_notes,notes,num_subtasks"})
        self.has(read, name="b", due_at="2027-01-06T10:00:00.000Z", notes="x", num_subtasks=0)
        self.assertEqual(read["assignee"], {"gid": self.me, "email": "bot@sandbox.example"})
        tasks.delete_task(gid)
        self.refused(404, tasks.get_task, gid, {})
        self.refused(400, tasks.update_task, {"data": {"projects": [project]}}, self.task(project), {})
        self.refused(400, tasks.create_task, {"data": {"name": "nowhere"}}, {})

    def test_lists_and_pages(self):
        tasks = self.api("Tasks")
        project = self.project()
        made = [self.task(project, f"t{n}") for n in range(7)]
        listed = tasks.get_tasks_for_project(project, {"limit": 3, "opt_fields": "name"})
        self.assertEqual(sorted(self.gids(listed)), sorted(made))
        self.assertEqual(len(list(tasks.get_tasks({"project": project}))), 7)
        section = next(iter(self.api("Sections").get_sections_for_project(project, {})))["gid"]
        self.assertEqual(len(list(tasks.get_tasks_for_section(section, {}))), 7)
        mine = self.api("UserTaskLists").get_user_task_list_for_user("me", self.workspace, {})
        self.assertEqual(self.api("UserTaskLists").get_user_task_list(mine["gid"], {})["gid"], mine["gid"])
        tasks.update_task({"data": {"assignee": "me"}}, made[0], {})
        self.assertIn(made[0], self.gids(tasks.get_tasks_for_user_task_list(mine["gid"], {})))
        counts = self.api("Projects").get_task_counts_for_project(project, {"opt_fields": "num_tasks,num_completed_tasks"})
        self.assertEqual(counts, {"num_tasks": 7, "num_completed_tasks": 0})
        self.refused(400, tasks.get_tasks, {})

    def test_subtasks_parents_and_places(self):
        tasks = self.api("Tasks")
        one, two = self.project(), self.project()
        parent = self.task(one, "p")
        child = tasks.create_subtask_for_task({"data": {"name": "c"}}, parent, {})["gid"]
        other = self.task(one, "o")
        self.assertEqual(tasks.set_parent_for_task({"data": {"parent": parent}}, other, {})["parent"]["gid"], parent)
        self.assertEqual(self.gids(tasks.get_subtasks_for_task(parent, {})), [child, other])
        tasks.set_parent_for_task({"data": {"parent": None}}, other, {})
        tasks.add_project_for_task({"data": {"project": two}}, parent)
        self.assertEqual(self.gids(self.api("Projects").get_projects_for_task(parent, {})), [one, two])
        tasks.remove_project_for_task({"data": {"project": one}}, parent)
        self.assertEqual(self.gids(self.api("Projects").get_projects_for_task(parent, {})), [two])

    def test_links_followers_and_tags(self):
        tasks, tags = self.api("Tasks"), self.api("Tags")
        project = self.project()
        a, b, c = (self.task(project, name) for name in "abc")
        tasks.add_dependencies_for_task({"data": {"dependencies": [b]}}, a)
        tasks.add_dependents_for_task({"data": {"dependents": [c]}}, a)
        self.assertEqual(self.gids(tasks.get_dependencies_for_task(a, {})), [b])
        self.assertEqual(self.gids(tasks.get_dependents_for_task(a, {})), [c])
        tasks.remove_dependencies_for_task({"data": {"dependencies": [b]}}, a)
        tasks.remove_dependents_for_task({"data": {"dependents": [c]}}, a)
        self.assertEqual(self.gids(tasks.get_dependencies_for_task(a, {})), [])
        tasks.remove_follower_for_task({"data": {"followers": ["me"]}}, a, {})
        followed = tasks.add_followers_for_task({"data": {"followers": ["me"]}}, a, {})
        self.assertEqual(self.gids(followed["followers"]), [self.me])
        tag = tags.create_tag({"data": {"name": "red", "workspace": self.workspace, "color": "dark-red"}}, {})["gid"]
        other = tags.create_tag_for_workspace({"data": {"name": "blue"}}, self.workspace, {})["gid"]
        tags.update_tag({"data": {"name": "crimson"}}, tag, {})
        self.assertEqual(tags.get_tag(tag, {})["name"], "crimson")
        tasks.add_tag_for_task({"data": {"tag": tag}}, a)
        self.assertEqual(self.gids(tags.get_tags_for_task(a, {})), [tag])
        self.assertEqual(self.gids(tasks.get_tasks_for_tag(tag, {})), [a])
        tasks.remove_tag_for_task({"data": {"tag": tag}}, a)
        self.assertLessEqual({tag, other}, set(self.gids(tags.get_tags({"workspace": self.workspace}))))
        self.assertIn(other, self.gids(tags.get_tags_for_workspace(self.workspace, {})))
        tags.delete_tag(other)
        self.refused(404, tags.get_tag, other, {})

    def test_duplicates_rollups_and_ids(self):
        tasks = self.api("Tasks")
        project = self.project()
        task = self.task(project, "original", notes="n")
        job = self.wait(tasks.duplicate_task({"data": {"name": "copy", "include": "notes,projects"}}, task, {}))
        self.has(tasks.get_task(job["new_task"]["gid"], {}), name="copy", notes="n")
        child = tasks.create_subtask_for_task({"data": {"name": "c", "due_on": "2027-03-01"}}, task, {})["gid"]
        self.wait(tasks.rollup_task(task, {}))
        self.assertEqual(tasks.get_task(task, {})["due_on"], "2027-03-01")
        self.assertTrue(child)
        field = self.api("CustomFields").create_custom_field(
            {"data": {"workspace": self.workspace, "resource_subtype": "text", "name": "Ticket", "id_prefix": "EX"}}, {}
        )
        body = {"data": {"custom_field": field["gid"]}}
        self.api("Projects").add_custom_field_setting_for_project(body, project, {})
        found = tasks.get_task_for_custom_id(self.workspace, "EX-1")
        self.assertIn(found["gid"], self.gids(tasks.get_tasks_for_project(project, {})))
        self.refused(404, tasks.get_task_for_custom_id, self.workspace, "EX-99")

    def test_search(self):
        tasks = self.api("Tasks")
        project = self.project()
        wanted = self.task(project, "needle in the hay", completed=True)
        self.task(project, "hay")
        found = tasks.search_tasks_for_workspace(self.workspace, {"text": "needle", "projects.any": project})
        self.assertEqual(self.gids(found), [wanted])
        found = tasks.search_tasks_for_workspace(self.workspace, {"completed": False, "projects.any": project})
        self.assertEqual(len(list(found)), 1)
        control("faults", {"plan": "free"})
        try:
            self.refused(402, tasks.search_tasks_for_workspace, self.workspace, {"text": "needle"})
        finally:
            control("faults", {})

    def test_approvals_and_milestones(self):
        tasks = self.api("Tasks")
        project = self.project()
        approval = self.task(project, "ok?", resource_subtype="approval")
        self.has(tasks.update_task({"data": {"approval_status": "rejected"}}, approval, {}), completed=True)
        milestone = self.task(project, "m", resource_subtype="milestone", due_on="2027-01-01")
        self.has(tasks.get_task(milestone, {}), resource_subtype="milestone")


class Sections(Case):
    def test_made_moved_and_deleted(self):
        sections, project = self.api("Sections"), self.project()
        first = next(iter(sections.get_sections_for_project(project, {})))["gid"]
        made = sections.create_section_for_project(project, {"body": {"data": {"name": "S", "insert_before": first}}})["gid"]
        self.assertEqual(self.gids(sections.get_sections_for_project(project, {})), [made, first])
        body = {"data": {"section": made, "after_section": first}}
        sections.insert_section_for_project(project, {"body": body})
        self.assertEqual(self.gids(sections.get_sections_for_project(project, {})), [first, made])
        sections.update_section(made, {"body": {"data": {"name": "T"}}})
        self.has(sections.get_section(made, {}), name="T")
        task = self.task(project)
        sections.add_task_for_section(made, {"body": {"data": {"task": task}}})
        self.assertEqual(self.gids(self.api("Tasks").get_tasks_for_section(made, {})), [task])
        self.refused(400, sections.delete_section, made)
        sections.add_task_for_section(first, {"body": {"data": {"task": task}}})
        sections.delete_section(made)
        self.refused(404, sections.get_section, made, {})


class Stories(Case):
    def test_comments(self):
        stories, task = self.api("Stories"), self.task()
        said = stories.create_story_for_task({"data": {"text": "hi", "is_pinned": True}}, task, {})
        self.has(said, text="hi", type="comment", is_pinned=True, resource_subtype="comment_added")
        stories.update_story({"data": {"text": "ho"}}, said["gid"], {})
        self.has(stories.get_story(said["gid"], {}), text="ho", is_edited=True)
        self.refused(400, stories.create_story_for_task, {"data": {"text": "a", "html_text": "<body>b</body>"}}, task, {})
        stories.delete_story(said["gid"])
        self.refused(404, stories.get_story, said["gid"], {})

    def test_history_is_typed(self):
        stories, tasks, project = self.api("Stories"), self.api("Tasks"), self.project()
        task = self.task(project)
        for change in ({"name": "n"}, {"due_on": "2027-01-01"}, {"assignee": "me"}, {"completed": True}):
            tasks.update_task({"data": change}, task, {})
        kinds = [story["resource_subtype"] for story in stories.get_stories_for_task(task, {})]
        self.assertEqual(kinds, ["added_to_project", "name_changed", "due_date_changed", "assigned", "marked_complete"])
        goal = self.api("Goals").create_goal(
            {"data": {"name": "g", "workspace": self.workspace, "is_workspace_level": True}}, {}
        )["gid"]
        stories.create_story_for_goal({"data": {"text": "on goals too"}}, goal, {})
        self.assertEqual([story["text"] for story in stories.get_stories_for_goal(goal, {})], ["on goals too"])


class Attachments(Case):
    def test_files_and_links(self):
        attachments, task = self.api("Attachments"), self.task()
        with tempfile.NamedTemporaryFile("wb", suffix=".txt", delete=False) as file:
            file.write("grüße".encode())
        self.addCleanup(os.remove, file.name)
        made = attachments.create_attachment_for_object({"parent": task, "file": file.name, "name": "a.txt"})
        self.has(made, resource_subtype="asana")
        link = attachments.create_attachment_for_object(
            {"parent": task, "resource_subtype": "external", "name": "l", "url": "https://example.com/x"}
        )
        self.assertEqual(self.gids(attachments.get_attachments_for_object(task, {})), [made["gid"], link["gid"]])
        self.has(attachments.get_attachment(made["gid"], {}), name=made["name"])
        attachments.delete_attachment(link["gid"])
        self.refused(404, attachments.get_attachment, link["gid"], {})


class Batches(Case):
    def test_ten_at_a_time(self):
        batch, project = self.api("BatchAPI"), self.project()
        actions = [{"relative_path": "/tasks", "method": "post", "data": {"name": f"b{n}", "projects": [project]}} for n in range(9)]
        actions.append({"relative_path": f"/projects/{project}", "method": "get", "options": {"fields": ["name"]}})
        answers = list(batch.create_batch_request({"data": {"actions": actions}}, {}))
        self.assertEqual([answer["status_code"] for answer in answers], [201] * 9 + [200])
        self.assertEqual(answers[9]["body"]["data"], {"gid": project, "name": "Project"})
        self.refused(400, batch.create_batch_request, {"data": {"actions": actions + actions}}, {})


class Time(Case):
    def test_offsets_expire(self):
        project = self.project()
        for n in range(3):
            self.task(project, f"t{n}")
        pages = self.api("Tasks").get_tasks_for_project(project, {"limit": 2})
        next(iter(pages))
        first = self.api("Tasks").get_tasks_for_project(project, {"limit": 2}, full_payload=True)
        self.assertIsNotNone(first["next_page"] if isinstance(first, dict) else True)
        jump(60)
