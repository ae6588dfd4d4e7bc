"""`clarion demo`: a whole installation on this machine, with a mailbox and an endpoint for what is sent.

``home``      the folder of a demo: its lock, its marker, what has to be the same next time
``rows``      people, components, source and subscribers
``catchers``  the mail server and the web endpoint at which updates arrive
``children``  web server and worker as processes of their own
``client``    HTTP to the demo's own server
``words``     what is printed for somebody who walks the line in a browser
``walk``      the line walked without a browser, through the API
"""
